use super::*;

const COUNTER: &str = r#"
/// Given (no cambiar).
pub fn given(n: u32) -> u32 {
    n + 1
}

/// Adds.
pub fn add(value: Value<i64>, lock: Lock, times: u32) -> Result<()> {
    for _ in 0..times {
        let guard = lock.acquire()?; // a comment stays
        let read = value.get();
        value.set(read + 1);
        guard.release();
    }
    Ok(())
}
"#;

/// The mutants of an operator, as the lines that differ from the source.
fn changed(source: &str, operator: &str) -> Vec<Vec<String>> {
    let before: Vec<&str> = source.lines().collect();
    let mutants = mutants(source).expect("Rust").into_iter().filter(|mutant| mutant.operator.0 == operator);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    mutants
        .map(|mutant| {
            let after = lines(&mutant.text);
            after
                .into_iter()
                .zip(&before)
                .filter(|(a, b)| a != *b)
                .map(|(a, _)| a.trim().to_owned())
                .collect()
        })
        .collect()
}

#[test]
fn what_students_do_not_change_is_not_changed() {
    let mutants = mutants(COUNTER).expect("Rust");
    assert!(mutants.len() > 20);
    assert!(mutants.iter().all(|mutant| mutant.function == "add"));
    assert!(mutants.iter().all(|mutant| mutant.text.contains("n + 1\n}")));
}

#[test]
fn a_name_that_is_used_later_keeps_its_statement() {
    let gone = changed(COUNTER, "delete");
    assert!(gone.contains(&vec![String::new()]), "{gone:?}");
    // `value.set` and the loop as a whole; a lock that is freed late is told as that.
    let statements = mutants(COUNTER).expect("Rust").into_iter().filter(|m| m.operator.0 == "delete").count();
    assert_eq!(statements, 2);
}

#[test]
fn a_guard_is_left_out_held_for_an_instant_or_held_too_long() {
    for (operator, piece) in [
        ("no-guard", "let read"),
        ("guard-of-an-instant", "let _ = lock.acquire()?;"),
        ("never-released", "std::mem::forget(guard);"),
        ("released-early", "guard.release(); let read"),
    ] {
        let text = mutants(COUNTER).expect("Rust").into_iter().find(|mutant| mutant.operator.0 == operator);
        let text = text.unwrap_or_else(|| panic!("{operator}")).text;
        assert!(text.contains(piece), "{operator}: {text}");
    }
    let without =
        mutants(COUNTER).expect("Rust").into_iter().find(|m| m.operator.0 == "no-guard").expect("one");
    assert!(!without.text.contains("acquire") && !without.text.contains("release"));
}

#[test]
fn comments_and_lines_stay_where_they_are() {
    // But where the loop itself is what goes.
    let mutants = mutants(COUNTER).expect("Rust");
    for mutant in mutants.into_iter().filter(|mutant| mutant.text.contains("for _ in")) {
        assert!(mutant.text.contains("// a comment stays"), "{}", mutant.text);
        let lines = |text: &str| text.lines().count();
        let doubled = mutant.operator.0 == "double";
        assert!(doubled || lines(&mutant.text) == lines(COUNTER), "{}", mutant.operator.0);
        assert!(
            syn::parse_file(&mutant.text).is_ok() || mutant.operator.0 == "delete-arm",
            "{}",
            mutant.text
        );
    }
}

#[test]
fn starting_and_joining_become_one_loop() {
    let source = r#"
fn all(n: u32) -> Result<()> {
    let mut list = Vec::new();
    for i in 0..n {
        list.push(Process::new(work, (i,)).start()?);
    }
    for child in list {
        child.join()?;
    }
    Ok(())
}
"#;
    let mutants = mutants(source).expect("Rust");
    let found = mutants.iter().find(|mutant| mutant.operator.0 == "join-at-once").expect("one");
    assert!(found.text.contains("Process::new(work, (i,)).start()?.join()?;"), "{}", found.text);
    assert!(!found.text.contains("Vec::new") && !found.text.contains("for child"), "{}", found.text);
}

#[test]
fn no_two_mutants_are_the_same_and_none_is_the_original() {
    let mutants = mutants(COUNTER).expect("Rust");
    let whole = |text: &str| text.parse::<TokenStream>().expect("tokens").to_string();
    let mut seen = std::collections::BTreeSet::from([whole(COUNTER)]);
    assert!(mutants.iter().all(|mutant| seen.insert(whole(&mutant.text))));
}

#[test]
fn the_mark_is_of_the_change_and_not_of_the_file() {
    let moved = format!("// more\n{COUNTER}");
    let marks = |source: &str| mutants(source).expect("Rust").iter().map(Mutant::mark).collect::<Vec<_>>();
    assert_eq!(marks(COUNTER), marks(&moved));
}
