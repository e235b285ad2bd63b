//! The known name that somebody probably meant.

/// The candidate nearest to `name`, when it is near enough to be what was meant.
///
/// Near enough is one edit in three characters, at least two edits; a candidate that `name` begins (or the other
/// way round) is near too, as in `contador` for `contador_con_lock`.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(name, candidate);
            let begins = name.len() >= 3 && candidate.starts_with(name)
                || candidate.len() >= 3 && name.starts_with(candidate);
            (distance <= allowed || begins).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 3] = ["mp_worker", "contador_con_lock", "productor_consumidor"];

    #[test]
    fn a_slip_of_the_hand_is_understood() {
        assert_eq!(nearest("mp_wroker", IDS), Some("mp_worker"));
        assert_eq!(nearest("contador_con_lok", IDS), Some("contador_con_lock"));
        assert_eq!(nearest("contador", IDS), Some("contador_con_lock"));
    }

    #[test]
    fn something_else_is_not_guessed() {
        assert_eq!(nearest("evento", IDS), None);
        assert_eq!(nearest("", IDS), None);
    }
}
