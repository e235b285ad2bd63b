//! A sentence below the compiler's common errors, which speak English and assume more than a beginner knows.

mod notes;

use crate::Language;
use notes::{NOTES, Note};

/// What an error code usually means in these exercises, and what to try; `None` for codes that speak for themselves.
#[must_use]
pub fn compiler_note(code: &str, language: Language) -> Option<&'static str> {
    compiler_note_on(code, "", language)
}

/// As [`compiler_note`], for an error of which the whole text is known: it tells apart what one code can mean.
#[must_use]
pub fn compiler_note_on(code: &str, text: &str, language: Language) -> Option<&'static str> {
    let fits = |note: &&Note| note.code == code && note.says.iter().all(|words| text.contains(words));
    let note = NOTES.iter().find(fits)?;
    Some(match language {
        Language::Spanish => note.es,
        Language::English => note.en,
    })
}

/// What a warning means in these exercises, and what to try; in the compiler's own words where it is not known.
#[must_use]
pub fn warning(lint: &str, message: &str, text: &str, language: Language) -> String {
    let plain = format!("{message}\n{text}");
    let Some(note) = compiler_note_on(lint, &plain, language) else { return message.to_owned() };
    let name = message.split('`').nth(1).unwrap_or_default();
    note.replace("{name}", &format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language::{English, Spanish};

    #[test]
    fn the_common_errors_have_a_note_in_both_languages() {
        let common =
            "E0382 E0308 E0277 E0373 E0599 E0080 E0425 E0433 E0432 E0061 E0106 E0499 E0502 E0505 unsafe_code";
        for code in common.split(' ') {
            assert!(compiler_note(code, Spanish).is_some(), "{code}");
            assert!(compiler_note(code, English).is_some(), "{code}");
        }
        assert_eq!(compiler_note("E9999", Spanish), None);
    }

    #[test]
    fn warnings_are_told_in_both_languages_or_as_they_are() {
        let told = |lint, message| warning(lint, message, "", English);
        let guard = told("unused_must_use", "unused `LockGuard` that must be used");
        assert!(guard.contains("let guardia"), "{guard}");
        let result = told("unused_must_use", "unused `Result` that must be used");
        assert!(result.contains("a ? at the end"), "{result}");
        assert!(told("unused_variables", "unused variable: `lock`").starts_with("`lock` is never used."));
        assert_eq!(told("new_lint", "something new"), "something new");
    }

    #[test]
    fn every_note_says_what_to_try() {
        for note in NOTES {
            assert_eq!(note.es.matches("Probar: ").count(), 1, "{}", note.es);
            assert_eq!(note.en.matches("Try: ").count(), 1, "{}", note.en);
        }
    }

    #[test]
    fn the_text_of_an_error_tells_what_its_code_means() {
        let note = |code, text| compiler_note_on(code, text, English).unwrap_or_default();
        let called = "the trait bound `Result<(), procesos::Error>: Target<_>` is not satisfied";
        assert!(note("E0277", called).contains("without calling it"), "{}", note("E0277", called));
        let captured =
            "the trait bound `Value<i64>: Copy` is not satisfied in `{closure@lib.rs:25:33}`\nTarget<()>";
        assert!(note("E0277", captured).contains("outer variables"), "{}", note("E0277", captured));
        let joined = "use of moved value: `hijo`\n`hijo` has type `procesos::Child`";
        assert!(note("E0382", joined).contains("join"), "{}", note("E0382", joined));
        let not_started =
            "no method named `join` found for struct `Process<Function, Args>` in the current scope";
        assert!(note("E0599", not_started).contains(".start()?"), "{}", note("E0599", not_started));
        assert_eq!(note("E0382", "something else"), compiler_note("E0382", English).unwrap_or_default());
    }

    #[test]
    fn a_note_that_asks_for_words_comes_before_the_one_that_does_not() {
        for (index, note) in NOTES.iter().enumerate() {
            let general =
                NOTES[..index].iter().any(|earlier| earlier.code == note.code && earlier.says.is_empty());
            assert!(!general, "this one is never reached: {} {:?}", note.code, note.says);
        }
    }
}
