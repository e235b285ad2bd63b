//! A task on its way: some calls of one function, and what came of each.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::task::{Answer, Task};
use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::sys::{self, FUNCTION_BYTES, Job};

/// Why a call has no value.
#[derive(Debug, Serialize, Deserialize)]
struct Fault {
    panicked: bool,
    message: String,
}

/// The job of calling a function with each of a batch of arguments.
struct Batch<Args, Form, Kind>(PhantomData<(Args, Form, Kind)>);

impl<Function, Args, Form, Kind> Job<Function> for Batch<Args, Form, Kind>
where
    Function: Task<Args, Form>,
    Function::Returned: Answer<Kind>,
    Args: DeserializeOwned,
{
    fn run(function: Function, input: &[u8]) -> Vec<u8> {
        match codec::decode::<Vec<Args>>(input) {
            Ok(all) => {
                let mut told = Vec::new();
                all.into_iter().for_each(|args| call(function, args, &mut told));
                told
            }
            Err(error) => failed(&error),
        }
    }
}

/// One call; what came of it is added as bytes.
fn call<Function, Args, Form, Kind>(function: Function, args: Args, into: &mut Vec<u8>)
where
    Function: Task<Args, Form>,
    Function::Returned: Answer<Kind>,
{
    // A panic leaves nothing half done that another task could see: the function captures nothing.
    let returned = catch_unwind(AssertUnwindSafe(|| function.call(args).told()));
    let told = match returned {
        Ok(told) => told.map_err(|message| Fault { panicked: false, message }),
        Err(payload) => Err(Fault { panicked: true, message: panic_message(payload.as_ref()) }),
    };
    if let Err(error) = codec::append(&told, into) {
        into.extend(failed(&error));
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or_default().to_owned()
}

/// What came of a call that could not be made, or whose value could not be sent.
pub(super) fn failed(error: &Error) -> Vec<u8> {
    let told: std::result::Result<(), Fault> = Err(Fault { panicked: false, message: error.to_string() });
    // A text and a truth value always travel.
    codec::encode(&told).unwrap_or_default()
}

/// The bytes of the tasks of calling `function` with each of `all`, `most` calls a task.
///
/// # Errors
/// When an argument cannot be sent.
pub(super) fn messages<Function, Args, Form, Kind>(
    function: Function,
    all: &[Args],
    most: usize,
) -> Result<Vec<Vec<u8>>>
where
    Function: Task<Args, Form>,
    Function::Returned: Answer<Kind>,
    Args: Serialize + DeserializeOwned,
{
    let head = sys::function_bytes::<Function, Batch<Args, Form, Kind>>(function);
    all.chunks(most.max(1)).map(|some| codec::with_encoded(&some, |bytes| [&head, bytes].concat())).collect()
}

/// In a worker: does a task. What came of it.
pub(super) fn perform(message: &[u8]) -> Vec<u8> {
    let done = message.split_first_chunk::<FUNCTION_BYTES>().and_then(|(head, input)| sys::call(head, input));
    done.unwrap_or_else(|| failed(&Kind::Decode(String::new()).into()))
}

/// The values that came of a task whose first call is the one with index `first`, in their order, at most `most`.
///
/// # Errors
/// That of the first call that failed.
pub(super) fn read<Value: DeserializeOwned>(bytes: &[u8], first: usize, most: usize) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(most);
    let mut rest = bytes;
    while values.len() < most {
        let (told, after) = codec::decode_next::<std::result::Result<Value, Fault>>(rest)?;
        let task = first + values.len();
        values.push(told.map_err(|Fault { panicked, message }| Kind::TaskFailed {
            task,
            panicked,
            message,
        })?);
        rest = after;
    }
    Ok(values)
}
