//! Tests of the example `comparacion`: as a reader runs it, and its table and picture from figures that are given.
//!
//! This binary is the example too, when [`AS_EXAMPLE`] is set: the tests start it like that, in a folder of its own. No figure that
//! was measured is judged here, only that it is there.

use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use roxmltree::Document;
use tempfile::TempDir;

use comparacion::measure::{Figure, Figures, Way, What, median};
use comparacion::words::{Language, Words};
use comparacion::{numbers, plot, table};

#[path = "../examples/comparacion/main.rs"]
mod comparacion;

const AS_EXAMPLE: &str = "PROCESOS_TEST_AS_EXAMPLE";
const SVG: &str = "http://www.w3.org/2000/svg";
const SPANISH: [&str; 5] = ["Queue", "Pipe", "Memoria compartida", "Event", "Manager"];
const ENGLISH: [&str; 5] = ["Queue", "Pipe", "Shared memory", "Event", "Manager"];

type Tested = Result<(), Failed>;
/// A test's name, and what it does.
type Case = (&'static str, fn() -> Tested);

fn main() -> ExitCode {
    if std::env::var_os(AS_EXAMPLE).is_some() {
        return comparacion::main();
    }
    let cases: [Case; 10] = [
        ("it_measures_and_leaves_a_picture_in_the_folder", it_measures_and_leaves_a_picture_in_the_folder),
        ("it_speaks_the_language_that_is_asked_for", it_speaks_the_language_that_is_asked_for),
        ("it_speaks_the_language_of_the_locale", it_speaks_the_language_of_the_locale),
        ("a_wrong_line_is_told_and_nothing_is_written", a_wrong_line_is_told_and_nothing_is_written),
        (
            "without_a_folder_for_the_picture_the_table_is_shown",
            without_a_folder_for_the_picture_the_table_is_shown,
        ),
        ("help_names_every_option", help_names_every_option),
        ("the_table_says_the_figures_that_it_is_given", the_table_says_the_figures_that_it_is_given),
        ("a_bar_is_as_long_as_its_time_says", a_bar_is_as_long_as_its_time_says),
        ("numbers_have_the_unit_that_fits", numbers_have_the_unit_that_fits),
        ("a_median_is_in_the_middle", a_median_is_in_the_middle),
    ];
    let trials = cases.map(|(name, case)| Trial::test(name, case)).into();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs the example in `folder`, with a locale.
fn example(folder: &TempDir, locale: &str, line: &[&str]) -> Result<Output, Failed> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(line).current_dir(folder).env(AS_EXAMPLE, "1").env("LC_ALL", locale);
    Ok(command.output()?)
}

/// What it printed, after it went well.
fn printed(output: &Output) -> Result<String, Failed> {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{}\n{errors}", output.status);
    Ok(String::from_utf8(output.stdout.clone())?)
}

fn picture(folder: &TempDir, name: &str) -> Result<String, Failed> {
    Ok(std::fs::read_to_string(folder.path().join(name))?)
}

/// A row for every way with a figure and a ratio for everything that it can do, in 80 columns.
fn assert_rows(text: &str, names: [&str; 5], when: &str) {
    let (figures, advice) = text.split_once(when).expect("there is advice");
    for name in names {
        let row = figures.lines().find(|line| line.starts_with(name)).expect(name);
        assert_eq!(row.matches('×').count(), if name == "Event" { 1 } else { 3 }, "{row}");
        assert!(advice.lines().any(|line| line.trim_start().starts_with(name)), "{name}: {advice}");
    }
    // The fastest of each column; another can be as fast.
    assert!(figures.matches("×1 ").count() + figures.matches("×1\n").count() >= 3, "{figures}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

/// Well-formed, in its language, with nothing that is fetched or runs, and a bar for every figure.
fn assert_picture(text: &str, language: &str) {
    let document = Document::parse(text).expect("well-formed");
    let root = document.root_element();
    assert!(root.has_tag_name((SVG, "svg")));
    assert_eq!(root.attribute("lang"), Some(language));
    let named = |name: &str| root.descendants().filter(|node| node.has_tag_name((SVG, name))).count();
    assert_eq!((named("title"), named("desc"), named("script"), named("image")), (1, 1, 0, 0));
    assert_eq!(bars(&document).len(), 13);
    assert_eq!(text.matches("http").count(), 1, "only the name of the format");
    assert!(text.contains("prefers-color-scheme: dark"));
}

/// The way and the length of every bar, in their order.
fn bars<'a>(document: &'a Document<'_>) -> Vec<(&'a str, f64)> {
    let bar = |node: roxmltree::Node<'a, '_>| {
        let way = node.attribute("class")?.strip_prefix("bar ")?;
        Some((way, node.attribute("width")?.parse().ok()?))
    };
    document.descendants().filter_map(bar).collect()
}

fn it_measures_and_leaves_a_picture_in_the_folder() -> Tested {
    let folder = tempfile::tempdir()?;
    let text = printed(&example(&folder, "C", &["--rounds", "1"])?)?;
    assert_rows(&text, SPANISH, "Cuándo usarlo");
    assert!(text.contains("Una sola ronda"), "{text}");
    assert!(text.ends_with("comparacion.svg\n"), "{text}");
    let picture = picture(&folder, "comparacion.svg")?;
    assert_picture(&picture, "es");
    // What the picture says of a datum is what the table says.
    let row = text.lines().find(|line| line.starts_with("Pipe")).expect("a row");
    let time = row.split_whitespace().skip(1).take(2).collect::<Vec<_>>().join(" ");
    assert!(picture.contains(&format!(">{time} · ×")), "{time}\n{picture}");
    Ok(())
}

fn it_speaks_the_language_that_is_asked_for() -> Tested {
    let folder = tempfile::tempdir()?;
    let text = printed(&example(&folder, "es_ES.UTF-8", &["--lang", "en", "other.svg", "--rounds=2"])?)?;
    assert!(text.contains("Median of 2 short rounds"), "{text}");
    assert_rows(&text, ENGLISH, "When to use it");
    assert_picture(&picture(&folder, "other.svg")?, "en");
    Ok(())
}

fn it_speaks_the_language_of_the_locale() -> Tested {
    let folder = tempfile::tempdir()?;
    let english = printed(&example(&folder, "en_GB.UTF-8", &["--help"])?)?;
    let spanish = printed(&example(&folder, "fr_FR.UTF-8", &["--help"])?)?;
    assert!(english.contains("usage:") && spanish.contains("uso:"), "{english}{spanish}");
    Ok(())
}

fn a_wrong_line_is_told_and_nothing_is_written() -> Tested {
    let folder = tempfile::tempdir()?;
    let lines: [(&[&str], &str); 8] = [
        (&["--lang", "fr"], "--lang es o --lang en, no «fr»"),
        (&["--lang"], "a --lang le falta su valor"),
        (&["--rounds", "0"], "--rounds es un número de 1 a 99, no «0»"),
        (&["--rounds=muchas"], "--rounds es un número de 1 a 99, no «muchas»"),
        (&["--rapido"], "no hay ninguna opción «--rapido»"),
        (&["notas.txt"], "el archivo del gráfico termina en .svg, y «notas.txt» no"),
        (&["a.svg", "b.svg"], "el gráfico va a un solo archivo, y «b.svg» es el segundo"),
        (&["--lang=en", "--rounds"], "--rounds lacks its value"),
    ];
    for (line, told) in lines {
        let output = example(&folder, "", line)?;
        let errors = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{line:?}: {errors}");
        assert!(errors.starts_with(told) && errors.contains("--rounds N"), "{line:?}: {errors}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(std::fs::read_dir(&folder)?.count(), 0);
    Ok(())
}

fn without_a_folder_for_the_picture_the_table_is_shown() -> Tested {
    let folder = tempfile::tempdir()?;
    let output = example(&folder, "C", &["--rounds", "1", "nada/aqui.svg"])?;
    assert_eq!(output.status.code(), Some(1));
    assert_rows(&String::from_utf8(output.stdout)?, SPANISH, "Cuándo usarlo");
    let errors = String::from_utf8(output.stderr)?;
    assert!(errors.contains("No se pudo escribir el gráfico en nada/aqui.svg"), "{errors}");
    Ok(())
}

fn help_names_every_option() -> Tested {
    let folder = tempfile::tempdir()?;
    let text = printed(&example(&folder, "C", &["--help"])?)?;
    assert!(["--lang", "--rounds", "comparacion.svg"].iter().all(|option| text.contains(option)), "{text}");
    Ok(())
}

/// Figures in which each way takes ten times as long as the one before, from 200 ns on; long messages the other way round.
fn given() -> Figures {
    let of = |(index, way): (i32, Way)| {
        let up = Figure { way, what: What::Datum, seconds: 2e-7 * 10f64.powi(index) };
        let short = Figure { what: What::Short, ..up };
        let down = Figure { what: What::Long, seconds: 2e-3 / 10f64.powi(index), ..up };
        if way == Way::Event { vec![up] } else { vec![up, short, down] }
    };
    Figures::new(3, (0..).zip(Way::ALL).flat_map(of).collect())
}

fn the_table_says_the_figures_that_it_is_given() -> Tested {
    let text = table::text(&Words::of(Language::English), &given());
    let rows: Vec<&str> = text.lines().skip(5).take(5).collect();
    let expected = [
        "Queue                      200 ns     ×1     320 MB/s     ×1    32.8 MB/s ×10000",
        "Pipe                      2.00 µs    ×10    32.0 MB/s    ×10     328 MB/s  ×1000",
        "Shared memory             20.0 µs   ×100    3.20 MB/s   ×100    3.28 GB/s   ×100",
        "Event                      200 µs  ×1000            –                   –",
        "Manager                   2.00 ms ×10000    32.0 kB/s ×10000     328 GB/s     ×1",
    ];
    assert_eq!(rows, expected, "{text}");
    assert!(text.contains("Median of 3 short rounds"), "{text}");
    Ok(())
}

fn a_bar_is_as_long_as_its_time_says() -> Tested {
    let text = plot::svg(&Words::of(Language::Spanish), &given());
    assert_picture(&text, "es");
    let document = Document::parse(&text)?;
    let bars = bars(&document);
    let ways: Vec<&str> = bars.iter().map(|bar| bar.0).collect();
    let (five, four) =
        (["queue", "pipe", "shared", "event", "manager"], ["queue", "pipe", "shared", "manager"]);
    assert_eq!(ways, [&five[..], &four, &four].concat());
    // Ten times the time is the same step on the axis, everywhere.
    let step = bars[1].1 - bars[0].1;
    assert!(step > 20.0);
    let steps: Vec<f64> = bars[..5].windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert!(steps.iter().all(|other| (other - step).abs() < 0.2), "{steps:?}");
    // The same time is the same length in another panel.
    assert!((bars[9].1 - bars[4].1).abs() < 0.2, "{bars:?}");
    assert!(text.contains(">20,0 µs · ×100 · 3,20 MB/s<"), "{text}");
    Ok(())
}

fn numbers_have_the_unit_that_fits() -> Tested {
    let times = [2.5e-10, 5.67e-8, 9.9996e-7, 1.234e-5, 0.09996, 12.0];
    let texts = times.map(|seconds| numbers::time(Language::Spanish, seconds));
    assert_eq!(texts, ["0,25 ns", "56,7 ns", "1,00 µs", "12,3 µs", "100 ms", "12,0 s"]);
    let ratios = [1.0, 1.04, 1.26, 9.96, 123.4].map(|ratio| numbers::ratio(Language::English, ratio));
    assert_eq!(ratios, ["×1", "×1", "×1.3", "×10", "×123"]);
    assert_eq!(numbers::power(Language::Spanish, 1e-5), "10 µs");
    assert_eq!(numbers::power(Language::English, 1e-7), "100 ns");
    Ok(())
}

fn a_median_is_in_the_middle() -> Tested {
    assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
    assert!((median(vec![4.0, 1.0, 2.0, 90.0]) - 3.0).abs() < 1e-9);
    Ok(())
}
