//! A disk in memory that fails as disks do, by seed.
//!
//! It stands under the real journal in place of the system's files. Files are kept as [`Pages`]; names are durable
//! only once their directory is synced, and until then each change to one is kept or lost on its own. Operations fail
//! by the [`Weather`]; one of them may be the last that the process makes. It starts no thread and reads no clock.
//! The operations themselves are in `files`.

use crate::pages::Pages;
use crate::weather::{Faults, Weather};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

mod files;

const INPUT_OUTPUT_ERROR: i32 = 5;
const NO_SPACE_LEFT: i32 = 28;

/// Contents of all files by name.
pub type Image = BTreeMap<PathBuf, Vec<u8>>;

/// Bytes that were appended to a file.
#[derive(Clone, Debug)]
pub struct Append {
    /// Which file.
    pub path: PathBuf,
    /// Where they begin.
    pub start: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A disk shared by all its clones.
#[derive(Clone)]
pub struct SimulatedDisk {
    state: Arc<Mutex<State>>,
}

struct State {
    chance: Rng,
    weather: Weather,
    faults: Faults,
    is_full: bool,
    /// Operations until the process dies inside one.
    dies_in: Option<u64>,
    is_dead: bool,
    files: BTreeMap<u64, Pages>,
    names: BTreeMap<PathBuf, u64>,
    durable_names: BTreeMap<PathBuf, u64>,
    unsynced: Vec<NameChange>,
    locks: BTreeSet<PathBuf>,
    appends: Vec<Append>,
    next_file: u64,
}

#[derive(Clone)]
enum NameChange {
    Create { path: PathBuf, file: u64 },
    Rename { from: PathBuf, to: PathBuf, file: u64 },
    Remove { path: PathBuf },
}

impl NameChange {
    fn path(&self) -> &Path {
        match self {
            NameChange::Create { path, .. } | NameChange::Remove { path } | NameChange::Rename { from: path, .. } => {
                path
            }
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, u64>) {
        match self {
            NameChange::Create { path, file } => drop(names.insert(path.clone(), *file)),
            NameChange::Remove { path } => drop(names.remove(path)),
            NameChange::Rename { from, to, file } => {
                if names.get(from) == Some(file) {
                    names.remove(from);
                }
                names.insert(to.clone(), *file);
            }
        }
    }
}

/// What an operation may do.
enum Verdict {
    Goes,
    Fails(io::Error),
    /// The process dies inside it.
    Dies,
}

impl State {
    /// Whether something happens that does so many times in ten thousand.
    fn strikes(&mut self, per_ten_thousand: u32) -> bool {
        per_ten_thousand > 0 && self.chance.u32(..10_000) < per_ten_thousand
    }

    fn injected(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// Decide about an operation that changes the disk, and fails as `fault` with its rate.
    fn decide(&mut self, fault: &'static str, rate: u32) -> Verdict {
        if self.is_dead {
            return Verdict::Fails(dead());
        }
        if let Some(left) = self.dies_in.as_mut() {
            if *left == 0 {
                self.is_dead = true;
                self.injected("crash inside an operation");
                return Verdict::Dies;
            }
            *left -= 1;
        }
        if self.strikes(rate) {
            self.injected(fault);
            return Verdict::Fails(io::Error::from_raw_os_error(INPUT_OUTPUT_ERROR));
        }
        Verdict::Goes
    }

    fn finds_full(&mut self) -> bool {
        if !self.is_dead && self.strikes(self.weather.full) {
            self.is_full = true;
        }
        let is_full = self.is_full && !self.is_dead;
        if is_full {
            self.injected("full disk");
        }
        is_full
    }

    /// A change to a name, which an interrupted operation may or may not have made.
    fn change(&mut self, change: NameChange) -> io::Result<()> {
        let rate = self.weather.failed_change;
        match self.decide("failed change of a name", rate) {
            Verdict::Fails(error) => return Err(error),
            Verdict::Dies if self.chance.bool() => return Err(dead()),
            _ => {}
        }
        change.apply(&mut self.names);
        self.unsynced.push(change);
        if self.is_dead { Err(dead()) } else { Ok(()) }
    }

    fn find(&self, path: &Path) -> io::Result<u64> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn file(&mut self, file: u64) -> &mut Pages {
        self.files.get_mut(&file).expect("a file stays while it is open")
    }

    /// Run one operation on a file's pages: whole, failing, or interrupted by the end of the process.
    fn operate(
        &mut self,
        file: u64,
        (fault, rate): (&'static str, u32),
        whole: impl FnOnce(&mut Pages),
        part: impl FnOnce(&mut Pages, &mut Rng, bool),
    ) -> io::Result<()> {
        let verdict = self.decide(fault, rate);
        let State { files, chance, .. } = self;
        let pages = files.get_mut(&file).expect("a file stays while it is open");
        match verdict {
            Verdict::Goes => {
                whole(pages);
                Ok(())
            }
            Verdict::Fails(error) => {
                if !self.is_dead {
                    part(pages, chance, false);
                }
                Err(error)
            }
            Verdict::Dies => {
                part(pages, chance, true);
                Err(dead())
            }
        }
    }
}

fn dead() -> io::Error {
    io::Error::other("the process is dead")
}

impl SimulatedDisk {
    /// An empty disk.
    pub fn new(chance: Rng) -> SimulatedDisk {
        let state = State {
            chance,
            weather: Weather::CALM,
            faults: Faults::new(),
            is_full: false,
            dies_in: None,
            is_dead: false,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced: Vec::new(),
            locks: BTreeSet::new(),
            appends: Vec::new(),
            next_file: 0,
        };
        SimulatedDisk { state: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Set how often operations fail from now on.
    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Let the process die inside the operation that changes the disk after so many more; `None` for not at all.
    pub fn set_death(&self, operations: Option<u64>) {
        self.state().dies_in = operations;
    }

    /// Whether the process has died inside an operation.
    pub fn is_dead(&self) -> bool {
        self.state().is_dead
    }

    /// Whether writes find no room.
    pub fn is_full(&self) -> bool {
        self.state().is_full
    }

    /// Make room on a full disk.
    pub fn make_room(&self) {
        self.state().is_full = false;
    }

    /// How often each kind of fault was injected so far.
    pub fn faults(&self) -> Faults {
        self.state().faults.clone()
    }

    /// Count a fault that the simulation injected by itself.
    pub fn count(&self, fault: &'static str) {
        self.state().injected(fault);
    }

    /// Take the appends made since the last call.
    pub fn take_appends(&self) -> Vec<Append> {
        std::mem::take(&mut self.state().appends)
    }

    /// What processes see of every file.
    pub fn image(&self) -> Image {
        let state = self.state();
        state.names.iter().map(|(path, file)| (path.clone(), state.files[file].seen().to_vec())).collect()
    }

    /// Let another process begin where one was killed: the system has kept its cache, but for what it chose to drop.
    pub fn restart_process(&self) {
        let mut state = self.state();
        let State { files, chance, .. } = &mut *state;
        for pages in files.values_mut() {
            if chance.bool() {
                pages.evict();
            }
        }
        state.begin();
    }

    /// Cut the power, and let a process begin after it.
    pub fn cut_power(&self) {
        let mut state = self.state();
        let State { files, chance, unsynced, durable_names, names, .. } = &mut *state;
        for change in unsynced.drain(..) {
            if chance.bool() {
                change.apply(durable_names);
            }
        }
        names.clone_from(durable_names);
        files.retain(|file, _| names.values().any(|named| named == file));
        files.values_mut().for_each(|pages| pages.cut_power(chance));
        state.begin();
    }

    /// Change a file at rest. Does nothing to one that is not there.
    pub fn damage(&self, path: &Path, change: impl Fn(&mut Vec<u8>)) {
        let mut state = self.state();
        if let Some(&file) = state.names.get(path) {
            state.file(file).damage(change);
        }
    }

    /// Take a file away for good.
    pub fn lose(&self, path: &Path) {
        let mut state = self.state();
        state.names.remove(path);
        state.durable_names.remove(path);
    }

    /// Put back what was damaged or lost.
    pub fn restore(&self, path: &Path, contents: &[u8]) {
        let mut state = self.state();
        // The same file under the same name: changes of names that are not synced yet still mean it.
        let file = state.names.get(path).copied().unwrap_or(state.next_file);
        state.next_file = state.next_file.max(file + 1);
        state.files.insert(file, Pages::of(contents));
        state.names.insert(path.to_path_buf(), file);
        state.durable_names.insert(path.to_path_buf(), file);
    }
}

impl State {
    fn read_fails(&mut self) -> io::Result<()> {
        if self.is_dead {
            return Err(dead());
        }
        if self.strikes(self.weather.failed_read) {
            self.injected("failed read");
            return Err(io::Error::from_raw_os_error(INPUT_OUTPUT_ERROR));
        }
        Ok(())
    }

    fn begin(&mut self) {
        self.is_dead = false;
        self.dies_in = None;
        self.locks.clear();
        self.appends.clear();
    }
}
