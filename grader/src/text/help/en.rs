//! In English.

const GRADER: &str = "\
Process workshop: builds what you wrote, runs it as real processes and says what
it did, on your own lines.

Usage:
  cargo run -p grader                    grade all exercises
  cargo run -p grader -- mp_worker       grade one
  cargo run -p grader -- hint mp_worker  a command; --help says what it takes

Commands:
  list          the exercises, their points and what is still to be written
  hint ID       a hint; one more each time
  run ID        build your program and run it here, without judging it
  trace ID      what every process does, step by step; a failing order if any
  replay ID T   repeat the order T that a report shows
  reset ID      back to the stub; what was there is kept beside it
  grade [ID]    grade: what is done without a command
  verify [ID]   have the course check itself (for instructors)

";

const GRADE: &str = "\
Grades exercises: what is done without a command.

Usage:
  cargo run -p grader -- [ID]...         those that are named, or all

";

const LIST: &str = "\
Shows the exercises, their points and what is still to be written.

Usage:
  cargo run -p grader -- list

";

const HINT: &str = "\
Shows a hint on an exercise; one more each time.

Usage:
  cargo run -p grader -- hint ID

Options:
  --all                all hints at once
";

const RUN: &str = "\
Builds the program of an exercise and runs it here, without judging it.

Usage:
  cargo run -p grader -- run ID
  cargo run -p grader -- run ID -- ARGUMENTS      with arguments of the program

";

const TRACE: &str = "\
Shows step by step what every process of an exercise does: in an order that
fails when there is one, otherwise in the one where nobody interrupts anybody.

Usage:
  cargo run -p grader -- trace ID
  cargo run -p grader -- trace ID CASE   of that case (the report names them)

Options:
  --schedule N         order N of those that the grader tries; 0 is the one
                       where nobody interrupts anybody
  --all                every step
  --format FORM        text (a table), svg (a diagram) or html (a page with
                       both); otherwise as the name of the file says
  --output FILE        write it to a file
  --submission DIR     of another folder, of <id>/src/lib.rs
";

const REPLAY: &str = "\
Repeats one order of an exercise's processes, in a fresh program, and says what
comes out now.

Usage:
  cargo run -p grader -- replay ID ORDER     the order, copied from the report

Options:
  --times N            repeat it N times and count those with the same steps
  --submission DIR     with the file of another folder, of <id>/src/lib.rs
";

const RESET: &str = "\
Puts the stub back in src/lib.rs of an exercise. What was there is kept beside
it under another name.

Usage:
  cargo run -p grader -- reset ID

";

const VERIFY: &str = "\
Checks the course: stubs are pending, solutions get all points, and every wrong
program breaks exactly what it says. Takes some minutes.

Usage:
  cargo run -p grader -- verify [ID]...  those that are named, or all

Options:
  --times N            grade every program N times; all have to be as expected
  --seed SEED          what the numbers of the cases are drawn from
  --catalog            instead, write what every wrong program is told, in both
                       languages
";

const OPTIONS: &str = "Options:\n";

const GRADING: &str = "  --submission DIR     grade another folder, of <id>/src/lib.rs or
                       exercises/<id>/src/lib.rs
  --format FORM        text (for people), json, junit or github
  --output FILE        write the report to a file
  --seed SEED          what the numbers of the cases are drawn from:
                       hexadecimal, as reports show it
  --schedules N        how many orders of the processes to draw per exercise,
                       besides all those of cases that have few; otherwise 400
";

const COMMON: &str = "  --lang es|en         the language; otherwise that of the system, else Spanish
  --course DIR         the folder of the course; otherwise the one that holds
                       the current folder
  -h, --help           this help
";

const END: &str = "  -V, --version        the version

In the end the exit status is 0 with all points, 1 when something fails or is
pending, 2 when the command is wrong, and 3 when the grader itself failed.
";

/// The help of a command; of the grader when there is none that is known.
pub(super) fn of(command: Option<&str>) -> String {
    let pieces: &[&str] = match command {
        Some("grade") => &[GRADE, OPTIONS, GRADING, COMMON],
        Some("list") => &[LIST, OPTIONS, COMMON],
        Some("hint") => &[HINT, COMMON],
        Some("run") => &[RUN, OPTIONS, COMMON],
        Some("trace") => &[TRACE, COMMON],
        Some("replay") => &[REPLAY, COMMON],
        Some("reset") => &[RESET, OPTIONS, COMMON],
        Some("verify") => &[VERIFY, COMMON],
        _ => &[GRADER, OPTIONS, GRADING, COMMON, END],
    };
    pieces.concat()
}
