//! Lets a case tell its judge on which line it did something.

/// Evaluates an expression of one line and prints `name=line`.
macro_rules! announce {
    ($name:literal, $expression:expr) => {{
        let line = line!();
        let value = $expression;
        println!("{}={line}", $name);
        value
    }};
}
pub(crate) use announce;

/// The line that was announced under this name.
pub(crate) fn announced(stdout: &str, name: &str) -> u32 {
    let found = stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
    found.unwrap_or_else(|| panic!("no line was announced for {name} in {stdout}"))
}
