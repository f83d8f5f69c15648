//! How long each thread of this process has been on a processor.

use std::collections::BTreeMap;

/// Nanoseconds on a processor, by thread name. Empty where the system does not say.
pub(crate) fn processor_times_ns() -> BTreeMap<String, u64> {
    let mut times = BTreeMap::new();
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return times };
    for task in tasks.flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let spent = read("schedstat").split(' ').next().and_then(|text| text.parse::<u64>().ok());
        if let Some(spent) = spent {
            *times.entry(read("comm").trim().to_owned()).or_default() += spent;
        }
    }
    times
}

/// Nanoseconds on a processor, of all threads.
pub(crate) fn processor_time_ns() -> u64 {
    processor_times_ns().values().sum()
}
