//! Figures as text: three digits that count, the unit that fits, the decimal sign of the language.

use super::words::Language;

/// A time, as `9.12 µs`.
pub(crate) fn time(language: Language, seconds: f64) -> String {
    scaled(language, seconds, &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
}

/// A power of ten of a second, without decimals: `10 µs`.
pub(crate) fn power(language: Language, seconds: f64) -> String {
    time(language, seconds).replace(",00", "").replace(".00", "").replace(",0", "").replace(".0", "")
}

/// Bytes a second, as `31.2 MB/s`. A megabyte is a million bytes.
pub(crate) fn rate(language: Language, bytes: f64) -> String {
    scaled(language, bytes, &[(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")])
}

/// How many times as long, as `×3.2`; the quickest has `×1`.
pub(crate) fn ratio(language: Language, ratio: f64) -> String {
    let decimals = if (1.05..9.95).contains(&ratio) { 1 } else { 0 };
    format!("×{}", decimal(language, ratio, decimals))
}

/// In the largest unit of which it is at least one, else the smallest.
fn scaled(language: Language, amount: f64, units: &[(f64, &str)]) -> String {
    // What would be rounded to 1000 belongs to the next unit.
    let fitting = units.iter().find(|(size, _)| amount >= size * 0.9995).or(units.last());
    let Some((size, unit)) = fitting else { return String::new() };
    let value = amount / size;
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    format!("{} {unit}", decimal(language, value, decimals))
}

fn decimal(language: Language, value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match language {
        Language::Spanish => text.replace('.', ","),
        Language::English => text,
    }
}
