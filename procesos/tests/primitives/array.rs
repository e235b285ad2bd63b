//! `Array`: its elements in and out of other processes, and what lies beyond its end.

use std::sync::OnceLock;

use procesos::{Array, Lock, Process, Result, Target};

use crate::case::{Case, Text, case};

const TIMES: u32 = 5_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(an_array_holds_what_it_was_made_with),
        case!(every_plain_type_keeps_its_extremes),
        case!(what_a_child_sets_its_parent_gets),
        case!(running_sums_are_added_in_a_child),
        case!(slices_are_copied_out_and_in),
        case!(elements_are_read_one_after_the_other),
        case!(an_empty_array_is_one),
        case!(a_large_array_takes_no_time_to_hand_over),
        case!(disjoint_ranges_need_no_lock),
        case!(adding_with_a_lock_loses_nothing),
        case!(an_index_beyond_the_end_panics_on_the_line_of_the_caller).stderr(Text::Judged).judged(
            |observed| {
                let told = &observed.stderr;
                let sentence = "index 3 is out of the Array, which has 3 elements: 0 to 2";
                assert_eq!(told.matches(sentence).count(), 4, "{told}");
                assert_eq!(told.matches("tests/primitives/array.rs").count(), 4, "{told}");
            },
        ),
        case!(the_panic_is_told_in_spanish)
            .in_spanish()
            .stderr(Text::Has(&["el índice 7 está fuera del Array, que tiene 2 elementos: de 0 a 1"])),
        case!(an_array_from_a_static_panics_in_a_child)
            .stderr(Text::Has(&["this Array was not handed to this process"])),
        case!(more_elements_than_an_array_may_have_are_refused),
    ]
}

fn an_array_holds_what_it_was_made_with() -> Result<()> {
    let array = Array::new(&[680, 626, 934])?;
    assert_eq!((array.len(), array.is_empty()), (3, false));
    assert_eq!((array.get(0), array.get(2)), (680, 934));
    assert_eq!(array.to_vec(), [680, 626, 934]);
    assert_eq!(Array::new(&[0_u8; 10])?.to_vec(), [0; 10]);
    Ok(())
}

fn every_plain_type_keeps_its_extremes() -> Result<()> {
    assert_eq!(Array::new(&[i64::MIN, -1, i64::MAX])?.to_vec(), [i64::MIN, -1, i64::MAX]);
    assert_eq!(Array::new(&[i8::MIN, -1, i8::MAX])?.to_vec(), [i8::MIN, -1, i8::MAX]);
    assert_eq!(Array::new(&[u64::MAX, 0])?.to_vec(), [u64::MAX, 0]);
    assert_eq!(Array::new(&[true, false])?.to_vec(), [true, false]);
    let numbers = [3.625_f64, -0.0, f64::INFINITY];
    assert_eq!(Array::new(&numbers)?.to_vec().map_bits(), numbers.to_vec().map_bits());
    Ok(())
}

trait MapBits {
    fn map_bits(self) -> Vec<u64>;
}

impl MapBits for Vec<f64> {
    fn map_bits(self) -> Vec<u64> {
        self.into_iter().map(f64::to_bits).collect()
    }
}

fn what_a_child_sets_its_parent_gets() -> Result<()> {
    let array = Array::new(&[0.0_f32; 4])?;
    let set = |array: Array<f32>, index: usize| array.set(index, 2.5);
    for index in [1, 3] {
        assert!(Process::new(set, (array.clone(), index)).start()?.join()?.success());
    }
    assert_eq!(array.to_vec(), [0.0, 2.5, 0.0, 2.5]);
    Ok(())
}

fn running_sums_are_added_in_a_child() -> Result<()> {
    let mut expected = [680, 626, 934, 821, 150, 233];
    let array = Array::new(&expected)?;
    (1..expected.len()).for_each(|i| expected[i] += expected[i - 1]);
    let add =
        |array: Array<i32>| (1..array.len()).for_each(|i| array.set(i, array.get(i) + array.get(i - 1)));
    assert!(Process::new(add, (array.clone(),)).start()?.join()?.success());
    assert_eq!(array.to_vec(), expected);
    Ok(())
}

fn slices_are_copied_out_and_in() -> Result<()> {
    let array = Array::new(&[10, 11, 12, 13, 14])?;
    assert_eq!(array.slice(1..3), [11, 12]);
    assert_eq!(array.slice(3..), [13, 14]);
    assert_eq!(array.slice(..=1), [10, 11]);
    assert!(array.slice(5..).is_empty());
    array.set_slice(3, &[1, 2]);
    array.set_slice(5, &[]);
    assert_eq!(array.to_vec(), [10, 11, 12, 1, 2]);
    Ok(())
}

fn elements_are_read_one_after_the_other() -> Result<()> {
    let array = Array::new(&[1, 2, 3])?;
    let mut elements = array.iter();
    assert_eq!((elements.len(), elements.next()), (3, Some(1)));
    array.set(1, 20);
    assert_eq!(elements.collect::<Vec<_>>(), [20, 3]);
    assert_eq!(array.iter().rev().max(), Some(20));
    Ok(())
}

fn an_empty_array_is_one() -> Result<()> {
    let array = Array::<u8>::new(&[])?;
    assert!(array.is_empty() && array.to_vec().is_empty());
    let child = Process::new(|array: Array<u8>| assert_eq!(array.len(), 0), (array.clone(),));
    assert!(child.start()?.join()?.success());
    Ok(())
}

fn a_large_array_takes_no_time_to_hand_over() -> Result<()> {
    let array = Array::new(&vec![7_u64; 1 << 20])?;
    let last = |array: Array<u64>| array.set(array.len() - 1, 8);
    assert!(Process::new(last, (array.clone(),)).start()?.join()?.success());
    assert_eq!((array.get(0), array.get((1 << 20) - 1)), (7, 8));
    Ok(())
}

fn add(array: Array<u32>, from: usize, to: usize, lock: Option<Lock>) -> Result<()> {
    for _ in 0..TIMES {
        for index in from..to {
            let guard = lock.as_ref().map(Lock::acquire).transpose()?;
            array.set(index, array.get(index) + 1);
            drop(guard);
        }
    }
    Ok(())
}

fn disjoint_ranges_need_no_lock() -> Result<()> {
    let array = Array::new(&[0_u32; 8])?;
    let start = |n: usize| Process::new(add, (array.clone(), 2 * n, 2 * n + 2, None)).start();
    for child in (0..4).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!(array.to_vec(), [TIMES; 8]);
    Ok(())
}

fn adding_with_a_lock_loses_nothing() -> Result<()> {
    let (array, lock) = (Array::new(&[0_u32; 2])?, Lock::new()?);
    let start = |_| Process::new(add, (array.clone(), 0, 2, Some(lock.clone()))).start();
    for child in (0..4).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!(array.to_vec(), [4 * TIMES; 2]);
    Ok(())
}

fn ends_in_a_panic(target: impl Target<(Array<i32>,)>, array: &Array<i32>) -> Result<()> {
    assert_eq!(Process::new(target, (array.clone(),)).start()?.join()?.code(), Some(101));
    Ok(())
}

fn an_index_beyond_the_end_panics_on_the_line_of_the_caller() -> Result<()> {
    let array = Array::new(&[0; 3])?;
    ends_in_a_panic(|array: Array<i32>| drop(vec![array.get(3)]), &array)?;
    ends_in_a_panic(|array: Array<i32>| array.set(3, 1), &array)?;
    ends_in_a_panic(|array: Array<i32>| drop(array.slice(1..4)), &array)?;
    ends_in_a_panic(|array: Array<i32>| array.set_slice(2, &[1, 1]), &array)?;
    assert_eq!(array.to_vec(), [0; 3]);
    Ok(())
}

fn the_panic_is_told_in_spanish() -> Result<()> {
    let array = Array::new(&[1, 2])?;
    let child = Process::new(|array: Array<i32>| array.set(7, 0), (array.clone(),)).start()?;
    assert_eq!(child.join()?.code(), Some(101));
    Ok(())
}

fn an_array_from_a_static_panics_in_a_child() -> Result<()> {
    static KEPT: OnceLock<Array<u8>> = OnceLock::new();
    let _ = KEPT.set(Array::new(&[1])?);
    let child = Process::new(|| KEPT.get().expect("it was kept").set(0, 2), ()).start()?;
    assert_eq!(child.join()?.code(), Some(101));
    assert_eq!(KEPT.get().map(|kept| kept.get(0)), Some(1));
    Ok(())
}

fn more_elements_than_an_array_may_have_are_refused() -> Result<()> {
    let told = Array::new(&vec![0_u8; (1 << 24) + 1]).expect_err("too many").to_string();
    assert_eq!(told, "an Array has at most 16777216 elements");
    Ok(())
}
