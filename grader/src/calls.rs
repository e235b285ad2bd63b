//! The commands that answers name: as they have to be typed where the answer is read, with the options that were given.
//!
//! Pure: what was typed and where is told to it.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// How the grader was called, so that what it names can be called the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The grader, up to its arguments.
    pub grader: String,
    /// Options that every command takes, as they were given: `--course DIR`, `--lang en`.
    pub common: Vec<String>,
    /// Options that only a grading takes, as they were given: `--submission DIR`.
    pub grading: Vec<String>,
    /// The folder of the course's exercises, as it is seen from the current folder.
    pub exercises: String,
    /// Whether the files of the course's own workspace are graded, which commands like `run` and `reset` are about.
    pub own_workspace: bool,
}

impl Default for Calls {
    /// In the course's folder, without options.
    fn default() -> Self {
        Self {
            grader: Self::BY_CARGO.to_owned(),
            common: Vec::new(),
            grading: Vec::new(),
            exercises: "exercises".to_owned(),
            own_workspace: true,
        }
    }
}

impl Calls {
    /// The grader in the workspace that holds it.
    pub const BY_CARGO: &str = "cargo run -p grader --";

    /// Grades an exercise of the same submission.
    #[must_use]
    pub fn grade(&self, id: &str) -> Call {
        self.call([vec![id.to_owned()], self.grading.clone(), self.common.clone()].concat())
    }

    /// Shows a hint.
    #[must_use]
    pub fn hint(&self, id: &str) -> Call {
        self.call([vec![format!("hint {id}")], self.common.clone()].concat())
    }

    /// Repeats the order of a token, of the same submission.
    #[must_use]
    pub fn replay(&self, id: &str, token: &str) -> Call {
        self.of_submission(vec![format!("replay {id}"), token.to_owned()])
    }

    /// Shows the steps of an order, of the same submission.
    #[must_use]
    pub fn trace(&self, id: &str) -> Call {
        self.of_submission(vec![format!("trace {id}")])
    }

    /// Draws an order, of the same submission, in a page that is written to a file; `which` says which order.
    #[must_use]
    pub fn page(&self, id: &str, which: &[String], file: &str) -> Call {
        let trace = [&[format!("trace {id}")], which].concat();
        self.of_submission([trace, vec![format!("--output {}", quoted(file))]].concat())
    }

    fn of_submission(&self, pieces: Vec<String>) -> Call {
        let submission = self.grading.iter().filter(|option| option.starts_with("--submission"));
        self.call([pieces, submission.cloned().collect(), self.common.clone()].concat())
    }

    /// Puts the stub back.
    #[must_use]
    pub fn reset(&self, id: &str) -> Call {
        self.call([vec![format!("reset {id}")], self.common.clone()].concat())
    }

    /// Runs an exercise's program.
    #[must_use]
    pub fn run(&self, id: &str, args: &[String]) -> Call {
        let args = format!("-- {}", args.iter().map(|arg| quoted(arg)).collect::<Vec<_>>().join(" "));
        if self.grader == Self::BY_CARGO {
            return Call(vec![format!("cargo run -p {id}"), args]);
        }
        self.call([vec![format!("run {id}")], self.common.clone(), vec![args]].concat())
    }

    fn call(&self, pieces: Vec<String>) -> Call {
        Call([vec![self.grader.clone()], pieces].concat())
    }
}

/// A command, in pieces between which a line may be broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call(Vec<String>);

impl Call {
    /// The command in lines of at most so many columns, the first of which may have fewer. Each but the last ends in the
    /// `\` with which a shell goes on reading, so that they can be copied together. A piece that is too long stays whole.
    #[must_use]
    pub fn lines(&self, first: usize, others: usize) -> Vec<String> {
        const GOES_ON: &str = " \\";
        let whole = self.to_string();
        if whole.width() <= first {
            return vec![whole];
        }
        let mut lines: Vec<String> = Vec::new();
        for piece in &self.0 {
            let columns = if lines.len() <= 1 { first } else { others };
            match lines.last_mut() {
                Some(line) if line.width() + 1 + piece.width() + GOES_ON.len() <= columns => {
                    *line += &format!(" {piece}");
                }
                _ => lines.push(piece.clone()),
            }
        }
        let last = lines.len() - 1;
        lines.iter_mut().take(last).for_each(|line| *line += GOES_ON);
        lines
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// A word as a shell has to be given it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:+@%=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_options() -> Calls {
        Calls {
            common: vec!["--lang en".to_owned()],
            grading: vec!["--submission entregas/ana".to_owned()],
            own_workspace: false,
            ..Calls::default()
        }
    }

    #[test]
    fn a_grading_keeps_all_options_and_a_hint_those_that_it_takes() {
        let calls = with_options();
        assert_eq!(
            calls.grade("uno").to_string(),
            "cargo run -p grader -- uno --submission entregas/ana --lang en"
        );
        assert_eq!(calls.hint("uno").to_string(), "cargo run -p grader -- hint uno --lang en");
    }

    #[test]
    fn a_program_is_run_by_cargo_where_that_knows_it() {
        let args = ["contar".to_owned(), "dos tres".to_owned()];
        assert_eq!(Calls::default().run("uno", &args).to_string(), "cargo run -p uno -- contar 'dos tres'");
        let elsewhere = Calls { grader: "./grader".to_owned(), ..with_options() };
        assert_eq!(
            elsewhere.run("uno", &args).to_string(),
            "./grader run uno --lang en -- contar 'dos tres'"
        );
    }

    #[test]
    fn the_order_that_is_seen_is_the_one_that_is_drawn() {
        let which = ["dos-por-uno".to_owned(), "--schedule 3".to_owned()];
        assert_eq!(
            with_options().page("uno", &which, "order.html").to_string(),
            "cargo run -p grader -- trace uno dos-por-uno --schedule 3 --output order.html \
             --submission entregas/ana --lang en"
        );
    }

    #[test]
    fn a_long_command_is_broken_as_a_shell_reads_on() {
        let call = with_options().grade("uno");
        assert_eq!(
            call.lines(40, 30),
            ["cargo run -p grader -- uno \\", "--submission entregas/ana \\", "--lang en"]
        );
        assert_eq!(call.lines(80, 80), [call.to_string()]);
        assert_eq!(call.lines(1, 1).len(), 4);
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_read_more_into_them() {
        assert_eq!(quoted("entregas/ñandú_1.rs"), "entregas/ñandú_1.rs");
        assert_eq!(quoted("mi carpeta"), "'mi carpeta'");
        assert_eq!(quoted("a'b"), r"'a'\''b'");
        assert_eq!(quoted(""), "''");
    }
}
