//! `Value`: every plain type, in and out of other processes.

use std::fmt::Debug;
use std::sync::OnceLock;

use procesos::{Process, Result, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::case::{Case, Text, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(signed_numbers_keep_their_extremes),
        case!(unsigned_numbers_keep_their_extremes),
        case!(floating_point_numbers_keep_every_bit),
        case!(a_truth_value_is_kept),
        case!(a_clone_is_another_handle_on_the_same_value),
        case!(what_a_child_sets_its_parent_gets),
        case!(what_a_parent_sets_its_child_gets),
        case!(values_are_apart),
        case!(a_race_never_gives_a_number_that_nobody_set),
        case!(get_from_a_static_panics_in_a_child).stderr(Text::Has(&[NOT_HANDED])),
        case!(set_from_a_static_panics_in_a_child_and_sets_nothing).stderr(Text::Has(&[NOT_HANDED])),
        case!(the_panic_is_told_in_spanish).in_spanish().stderr(Text::Has(&[
            "este Value no se entregó a este proceso: pásalo como argumento de Process::new",
        ])),
    ]
}

/// The values in a `Value`: as the first, as set, as set by a child.
fn round_trip<T>(values: &[T]) -> Result<()>
where
    T: procesos::Plain + PartialEq + Debug + Serialize + DeserializeOwned,
{
    let other = Value::new(values[0])?;
    for &value in values {
        assert_eq!(Value::new(value)?.get(), value);
        other.set(value);
        assert_eq!(other.get(), value);
        let pass_on = |from: Value<T>, to: Value<T>, value: T| {
            assert_eq!(from.get(), value);
            to.set(value);
        };
        other.set(values[0]);
        let child = Process::new(pass_on, (Value::new(value)?, other.clone(), value)).start()?;
        assert!(child.join()?.success());
        assert_eq!(other.get(), value);
    }
    Ok(())
}

fn signed_numbers_keep_their_extremes() -> Result<()> {
    round_trip(&[0_i8, 1, -1, i8::MIN, i8::MAX])?;
    round_trip(&[0_i16, 1, -1, i16::MIN, i16::MAX])?;
    round_trip(&[0_i32, 1, -1, i32::MIN, i32::MAX])?;
    round_trip(&[0_i64, 1, -1, i64::MIN, i64::MAX])
}

fn unsigned_numbers_keep_their_extremes() -> Result<()> {
    round_trip(&[0_u8, 1, 128, u8::MAX])?;
    round_trip(&[0_u16, 1, 1 << 15, u16::MAX])?;
    round_trip(&[0_u32, 1, 1 << 31, u32::MAX])?;
    round_trip(&[0_u64, 1, 1 << 63, u64::MAX])?;
    round_trip(&[0_usize, 1, 1 << 63, usize::MAX])
}

fn floating_point_numbers_keep_every_bit() -> Result<()> {
    round_trip(&[
        0.1_f64,
        f64::MIN,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::EPSILON,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ])?;
    round_trip(&[
        0.1_f32,
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::EPSILON,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ])?;
    assert_eq!(Value::new(-0.0_f64)?.get().to_bits(), (-0.0_f64).to_bits());
    assert_eq!(Value::new(-0.0_f32)?.get().to_bits(), (-0.0_f32).to_bits());
    assert_eq!(Value::new(f32::from_bits(1))?.get().to_bits(), 1);
    assert!(Value::new(f64::NAN)?.get().is_nan());
    assert!(Value::new(f32::NAN)?.get().is_nan());
    Ok(())
}

fn a_truth_value_is_kept() -> Result<()> {
    round_trip(&[false, true])
}

fn a_clone_is_another_handle_on_the_same_value() -> Result<()> {
    let value = Value::new(1)?;
    let clone = value.clone();
    clone.set(2);
    assert_eq!(value.get(), 2);
    drop(value);
    assert_eq!(clone.get(), 2);
    Ok(())
}

fn what_a_child_sets_its_parent_gets() -> Result<()> {
    let value = Value::new(0_u64)?;
    for number in 1..=50 {
        assert!(
            Process::new(|v: Value<u64>, n| v.set(n), (value.clone(), number)).start()?.join()?.success()
        );
        assert_eq!(value.get(), number);
    }
    Ok(())
}

fn what_a_parent_sets_its_child_gets() -> Result<()> {
    fn follow(value: Value<i32>, seen: Value<bool>) {
        while value.get() != 7 {}
        seen.set(true);
    }
    let (value, seen) = (Value::new(0)?, Value::new(false)?);
    let child = Process::new(follow, (value.clone(), seen.clone())).start()?;
    value.set(7);
    while !seen.get() {}
    assert!(child.join()?.success());
    Ok(())
}

fn values_are_apart() -> Result<()> {
    let values = (0..200).map(Value::new).collect::<Result<Vec<Value<u16>>>>()?;
    for value in &values {
        value.set(value.get() + 1000);
    }
    assert!(values.iter().map(Value::get).eq(1000..1200));
    Ok(())
}

fn a_race_never_gives_a_number_that_nobody_set() -> Result<()> {
    const HALVES: u64 = 0x0000_0001_0000_0001;
    fn set_pairs(value: Value<u64>, from: u64) {
        for number in from..from + 20_000 {
            value.set(number * HALVES);
            let seen = value.get();
            assert_eq!(seen >> 32, seen & 0xffff_ffff, "half of one and half of another");
        }
    }
    let value = Value::new(0)?;
    for from in [0, 1 << 20, 1 << 21, 1 << 22] {
        Process::new(set_pairs, (value.clone(), from)).start()?;
    }
    set_pairs(value, 1 << 23);
    Ok(())
}

const NOT_HANDED: &str = "this Value was not handed to this process: pass it as an argument of Process::new";
static GLOBAL: OnceLock<Value<i32>> = OnceLock::new();

fn global() -> &'static Value<i32> {
    GLOBAL.get_or_init(|| Value::new(5).expect("there is memory"))
}

fn get_from_a_static_panics_in_a_child() -> Result<()> {
    global();
    assert_eq!(Process::new(|| assert_eq!(global().get(), 5), ()).start()?.join()?.code(), Some(101));
    Ok(())
}

fn set_from_a_static_panics_in_a_child_and_sets_nothing() -> Result<()> {
    global();
    assert_eq!(Process::new(|| global().set(6), ()).start()?.join()?.code(), Some(101));
    assert_eq!(global().get(), 5);
    Ok(())
}

fn the_panic_is_told_in_spanish() -> Result<()> {
    global();
    assert_eq!(Process::new(|| global().set(6), ()).start()?.join()?.code(), Some(101));
    Ok(())
}
