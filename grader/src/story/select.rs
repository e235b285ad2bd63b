//! Which rows are told where there are too many: those that have to be, and the last ones before the failure.

use super::fold::Group;

/// Rows at the end that are looked at; what is farther from the failure is left out without being looked at.
const LOOKED_AT: usize = 400;

/// Whether each group is told, in at most `most` rows; a gap takes a row too.
pub(super) fn rows(groups: &[Group], has_to: impl Fn(&Group) -> bool, most: Option<usize>) -> Vec<bool> {
    let Some(most) = most.filter(|most| *most < groups.len()) else { return vec![true; groups.len()] };
    let needed: Vec<usize> = (0..groups.len()).filter(|index| has_to(&groups[*index])).collect();
    let mut kept = vec![false; groups.len()];
    // Should there be too many even of those, the last ones count.
    for index in needed.iter().rev().take(most.saturating_sub(1).max(1)) {
        kept[*index] = true;
    }
    let end = needed.last().map_or(groups.len(), |last| last + 1);
    for index in (0..end).rev().take(LOOKED_AT).chain(end..groups.len()) {
        if !kept[index] {
            kept[index] = true;
            kept[index] = lines(&kept) <= most;
        }
    }
    kept
}

/// Lines that some rows take: one each, and one for every gap.
fn lines(kept: &[bool]) -> usize {
    let gaps = kept.chunk_by(|a, b| a == b).filter(|run| !run[0]).count();
    gaps + kept.iter().filter(|kept| **kept).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(count: usize) -> Vec<Group> {
        (0..count).map(|index| Group { steps: vec![(0, index)], period: 1 }).collect()
    }

    fn told(count: usize, needed: &[usize], most: usize) -> String {
        let kept = rows(&groups(count), |group| needed.contains(&group.steps[0].1), Some(most));
        kept.iter().map(|kept| if *kept { '#' } else { '.' }).collect()
    }

    #[test]
    fn the_last_rows_before_the_failure_are_told() {
        assert_eq!(told(5, &[], 5), "#####");
        assert_eq!(told(8, &[7], 5), "....####");
        assert_eq!(told(8, &[0, 7], 5), "#....###");
        assert_eq!(told(8, &[3], 5), "####....");
        assert_eq!(told(6, &[0, 1, 2, 3, 4, 5], 3), "....##");
    }
}
