//! What the benches are told on the command line.

/// See the module.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) times: u64,
    pub(crate) seed: u64,
    only: Option<String>,
}

impl Arguments {
    /// Reads them; what is not said is `times`, seed 1, and everything.
    pub(crate) fn read(times: u64) -> Self {
        let mut all = std::env::args().skip(1);
        let mut told = Self { times, seed: 1, only: None };
        while let Some(name) = all.next() {
            match name.as_str() {
                "--times" => told.times = number(&name, all.next()),
                "--seed" => told.seed = number(&name, all.next()),
                "--only" => told.only = all.next(),
                // Cargo's own.
                "--bench" => {}
                other => stop(&format!("unknown argument {other}: --times N, --seed N, --only TEXT")),
            }
        }
        told
    }

    /// Whether something with this title is wanted.
    pub(crate) fn asks_for(&self, title: &str) -> bool {
        self.only.as_ref().is_none_or(|only| title.contains(only.as_str()))
    }
}

fn number(name: &str, value: Option<String>) -> u64 {
    match value.as_deref().map(str::parse) {
        Some(Ok(number)) => number,
        _ => stop(&format!("{name} needs a number")),
    }
}

fn stop(told: &str) -> ! {
    eprintln!("{told}");
    std::process::exit(2)
}
