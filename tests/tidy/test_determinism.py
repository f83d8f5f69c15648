"""The determinism check finds what it must, and nothing in what only looks like it."""

from pathlib import Path

import pytest

from tools import determinism

ENGINE = "crates/engine/src/lib.rs"
RULES = "src/rialto/products/earn/rules.py"


def check(root: Path, files: dict[str, str], expected: list[tuple[str, int]]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = determinism.scan(root)
    assert [(str(violation.path), violation.line) for violation in found] == expected, found


@pytest.mark.parametrize(
    "line",
    [
        "let rate: f64 = x;",
        "let rate = 0.5;",
        "let rate = 1e9;",
        "let now = std::time::Instant::now();",
        "use std::time::{Duration, SystemTime};",
        "let x = rand::random::<u8>();",
        "let state = RandomState::new();",
        "thread::spawn(work);",
        "use std::{fs, mem};",
        "let text = std::fs::read(path);",
        "let x = env::var(NAME);",
        "use std::net::TcpStream;",
        "let map: HashMap<u8, u8> = x;",
        "use std::collections::HashSet as Set;",
        "let key = name.as_ptr();",
        "let key = &x as *const u8;",
        'println!("{x}");',
    ],
)
def test_a_violation_in_a_deterministic_crate_is_found(tmp_path: Path, line: str) -> None:
    check(tmp_path, {ENGINE: f"fn f() {{\n    {line}\n}}\n"}, [(ENGINE, 2)])


@pytest.mark.parametrize(
    "line",
    [
        "// a HashMap would be f64 here",
        "/* Instant /* nested */ HashMap */",
        'let text = "HashMap at 0.5";',
        'let text = r#"a "HashMap" f64"#;',
        "let quote = '\"'; let life: &'a str = x; // HashMap",
        "let x = pair.0.1;",
        "for i in 0..10 {}",
        "let x = 0xe5;",
        "let wait = Duration::from_micros(5);",
        "let environment = network;",
        "let map: BTreeMap<u8, u8> = x;",
    ],
)
def test_what_only_looks_like_a_violation_is_not(tmp_path: Path, line: str) -> None:
    check(tmp_path, {ENGINE: f"fn f() {{\n    {line}\n}}\n"}, [])


def test_tests_may_do_what_they_need(tmp_path: Path) -> None:
    code = (
        "#[cfg(test)]\nmod tests {\n    use std::collections::HashMap;\n}\n#[cfg(test)]\nmod model;\nfn f() -> f64 {}\n"
    )
    files = {
        ENGINE: code,
        "crates/engine/src/model.rs": "type A = HashMap<u8, f64>;",
        "crates/engine/tests/a.rs": "f64",
    }
    check(tmp_path, files, [(ENGINE, 7)])


def test_a_hash_table_lives_in_one_file_only(tmp_path: Path) -> None:
    index = "crates/types/src/index.rs"
    other = "crates/types/src/order.rs"
    check(tmp_path, {index: "use hashbrown::HashTable;\nlet x: f32;\n", other: "use hashbrown::HashTable;\n"}, [
        (index, 2),
        (other, 1),
        (other, 1),
    ])  # fmt: skip


def test_other_crates_are_free(tmp_path: Path) -> None:
    check(tmp_path, {"crates/journal/src/lib.rs": "use std::time::Instant;\nuse std::fs::File;\n"}, [])


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "import os.path",
        "from random import choice",
        "from sqlalchemy import select",
        "from rialto.foundation import clock",
        "from rialto.foundation.database import Database",
        "today = date.today()",
        "now = datetime.now(UTC)",
    ],
)
@pytest.mark.parametrize("module", ["rules.py", "model.py"])
def test_a_violation_in_a_pure_module_is_found(tmp_path: Path, module: str, line: str) -> None:
    path = f"src/rialto/products/earn/{module}"
    check(tmp_path, {path: f"\n{line}\n", "src/rialto/products/earn/service.py": f"{line}\n"}, [(path, 2)])


def test_a_pure_module_may_import_the_contracts(tmp_path: Path) -> None:
    check(
        tmp_path, {RULES: "from datetime import date\n\nfrom rialto.contracts import commands\n\ntimer = 'time'\n"}, []
    )


def test_the_repository_is_deterministic() -> None:
    assert determinism.scan(Path(__file__).resolve().parents[2]) == []
