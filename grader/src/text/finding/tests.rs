use unicode_width::UnicodeWidthStr;

use super::*;
use crate::Language::{English, Spanish};

/// An explanation as a report of 80 columns shows it.
fn shown(explanation: &Explanation, language: Language) -> String {
    let word = if language == Spanish { "Probar" } else { "Try" };
    let mut lines: Vec<String> = wrapped(&explanation.message);
    lines.extend(explanation.details.iter().map(|line| format!("  {line}")));
    lines.extend(explanation.hint.iter().map(|hint| format!("  {word}: {hint}")));
    lines.join("\n")
}

fn wrapped(message: &str) -> Vec<String> {
    let options =
        textwrap::Options::new(74).word_splitter(textwrap::WordSplitter::NoHyphenation).break_words(false);
    textwrap::wrap(message, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

fn catalogue_in(language: Language) -> String {
    let findings = catalogue::findings().into_iter().map(|finding| explain(&finding, language));
    let unseen = catalogue::unseen().into_iter().map(|unseen| explain_unseen(&unseen, language));
    let place = catalogue::at(31);
    let others = [
        explain_pending(Some("ejecutar"), place.as_ref(), language),
        explain_verdict(&Verdict::Pending { function: None, place: None }, language),
        explain_verdict(&Verdict::Vacuous, language),
    ];
    findings.chain(unseen).chain(others).map(|told| shown(&told, language)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_sentences_in_spanish() {
    insta::assert_snapshot!("catalogue_es", catalogue_in(Spanish));
}

#[test]
fn the_sentences_in_english() {
    insta::assert_snapshot!("catalogue_en", catalogue_in(English));
}

#[test]
fn a_message_takes_three_lines_at_most_and_a_table_fits() {
    for language in [Spanish, English] {
        for told in catalogue::findings().iter().map(|finding| explain(finding, language)) {
            assert!(wrapped(&told.message).len() <= 3, "{}", told.message);
            assert!(told.details.iter().all(|line| line.width() <= 74), "{:#?}", told.details);
            assert!(told.hint.as_ref().is_some_and(|hint| hint.width() <= 140), "{told:?}");
        }
    }
}

#[test]
fn a_message_is_whole_and_neutral() {
    for told in catalogue::findings().iter().map(|finding| explain(finding, Spanish)) {
        assert!(told.message.ends_with(['.', '»']), "{}", told.message);
        for word in [" tu ", " tus ", "debes", "puedes", "Prueba ", "  ", " ,", "()."] {
            let hint = told.hint.clone().unwrap_or_default();
            assert!(
                word == "()." || !format!("{} {hint}", told.message).contains(word),
                "{word}: {}",
                told.message
            );
        }
    }
}

#[test]
fn what_a_program_says_cannot_act_on_a_terminal() {
    let evil = "\u{1b}[2J\u{7}\r\nfin";
    let who = catalogue::who("P1", evil);
    let findings = [
        Finding::Panicked { who: who.clone(), place: None, message: evil.into() },
        Finding::EndedInError {
            who: who.clone(),
            code: 1,
            message: evil.into(),
            operation: None,
            taken_at: None,
        },
        Finding::Silent { who: vec![who] },
        Finding::NothingPut { queue: evil.into() },
        Finding::WrongResult {
            function: Some(evil.into()),
            arguments: evil.into(),
            name: evil.into(),
            expected: format!("[\"{evil}\"]"),
            seen: "[]".into(),
        },
    ];
    for told in findings.iter().map(|finding| explain(finding, Spanish)) {
        let all = format!("{}{}{}", told.message, told.details.concat(), told.hint.unwrap_or_default());
        assert!(!all.contains(|c: char| c.is_control()), "{all:?}");
    }
}

#[test]
fn two_cases_of_one_mistake_have_one_cause() {
    use crate::judge::LostCause;
    let cause = |lost| explain(&lost, Spanish).cause;
    let first = cause(catalogue::lost(LostCause::NoLock, Some(("2", "1"))));
    assert_eq!(first, cause(catalogue::lost(LostCause::NoLock, Some(("400", "212")))));
    assert_ne!(first, cause(catalogue::lost(LostCause::ReadOutside, Some(("2", "1")))));
}

#[test]
fn places_are_told_once_with_who_was_there() {
    let told = explain(&catalogue::one_end_mark(), Spanish);
    let lines: Vec<(u32, Option<String>)> =
        told.locations.into_iter().map(|(place, who)| (place.line, who.map(|who| who.id))).collect();
    assert_eq!(lines, [(41, Some("P3".to_owned())), (63, Some("P0".to_owned())), (58, None)]);
}
