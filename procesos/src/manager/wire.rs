//! What clients and the server of a manager say to one another, as bytes.
//!
//! Values are bytes here: only clients know their types, so one server serves all.

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Action {
    Stop,
    NewList,
    NewDict,
    NewValue,
    ListAppend,
    ListInsert,
    ListGet,
    ListSet,
    ListPop,
    ListRemove,
    ListHas,
    ListLen,
    ListAll,
    ListClear,
    DictGet,
    DictSet,
    DictSetDefault,
    DictRemove,
    DictHas,
    DictLen,
    DictAll,
    DictClear,
    ValueGet,
    ValueSet,
}

/// All of them, by number.
const ACTIONS: [Action; 24] = [
    Action::Stop,
    Action::NewList,
    Action::NewDict,
    Action::NewValue,
    Action::ListAppend,
    Action::ListInsert,
    Action::ListGet,
    Action::ListSet,
    Action::ListPop,
    Action::ListRemove,
    Action::ListHas,
    Action::ListLen,
    Action::ListAll,
    Action::ListClear,
    Action::DictGet,
    Action::DictSet,
    Action::DictSetDefault,
    Action::DictRemove,
    Action::DictHas,
    Action::DictLen,
    Action::DictAll,
    Action::DictClear,
    Action::ValueGet,
    Action::ValueSet,
];

impl Action {
    /// Whether it may change its object.
    pub(super) fn changes(self) -> bool {
        match self {
            Self::Stop
            | Self::NewList
            | Self::NewDict
            | Self::NewValue
            | Self::ListAppend
            | Self::ListInsert
            | Self::ListSet
            | Self::ListPop
            | Self::ListRemove
            | Self::ListClear
            | Self::DictSet
            | Self::DictSetDefault
            | Self::DictRemove
            | Self::DictClear
            | Self::ValueSet => true,
            Self::ListGet
            | Self::ListHas
            | Self::ListLen
            | Self::ListAll
            | Self::DictGet
            | Self::DictHas
            | Self::DictLen
            | Self::DictAll
            | Self::ValueGet => false,
        }
    }
}

/// A request: what to do with the object of this number, at a place in it where there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) action: Action,
    pub(super) object: u64,
    pub(super) place: u64,
    pub(super) parts: Vec<Vec<u8>>,
}

impl Request {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.action as u8];
        bytes.extend(self.object.to_le_bytes());
        bytes.extend(self.place.to_le_bytes());
        write_parts(&mut bytes, &self.parts);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (number, mut rest) = bytes.split_first()?;
        let action = *ACTIONS.get(usize::from(*number))?;
        let (object, place) = (read_number(&mut rest)?, read_number(&mut rest)?);
        Some(Self { action, object, place, parts: read_parts(&mut rest)? })
    }
}

/// What the server answers: whether it could, how often the object has been changed, a number, some values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reply {
    /// Whether there was what was asked for: an element with that index, a key.
    pub(super) found: bool,
    pub(super) version: u64,
    pub(super) number: u64,
    pub(super) parts: Vec<Vec<u8>>,
}

impl Reply {
    /// The answer to what there is no room for.
    pub(super) fn too_large() -> Self {
        Self { number: u64::MAX, ..Self::default() }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.found)];
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.number.to_le_bytes());
        write_parts(&mut bytes, &self.parts);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (found, mut rest) = bytes.split_first()?;
        let (version, number) = (read_number(&mut rest)?, read_number(&mut rest)?);
        Some(Self { found: *found != 0, version, number, parts: read_parts(&mut rest)? })
    }
}

fn write_parts(bytes: &mut Vec<u8>, parts: &[Vec<u8>]) {
    bytes.extend((parts.len() as u64).to_le_bytes());
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part);
    }
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let (number, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    Some(u64::from_le_bytes(*number))
}

fn read_parts(rest: &mut &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut parts = Vec::new();
    for _ in 0..read_number(rest)? {
        let length = usize::try_from(read_number(rest)?).ok()?;
        let (part, after) = rest.split_at_checked(length)?;
        parts.push(part.to_vec());
        *rest = after;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for (number, action) in ACTIONS.into_iter().enumerate() {
            assert_eq!(action as usize, number);
            let request = Request { action, object: 7, place: u64::MAX, parts: vec![vec![], vec![1, 2]] };
            assert_eq!(Request::decode(&request.encode()), Some(request));
        }
        let reply = Reply { found: true, version: 3, number: 9, parts: vec![vec![0; 300]] };
        assert_eq!(Reply::decode(&reply.encode()), Some(reply));
    }

    #[test]
    fn damage_is_noticed_and_never_a_panic() {
        let whole =
            Request { action: Action::DictSet, object: 1, place: 0, parts: vec![vec![5; 9]; 2] }.encode();
        for length in 0..whole.len() {
            assert_eq!(Request::decode(&whole[..length]), None);
        }
        let mut huge = whole;
        huge[17..25].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(Request::decode(&huge), None);
        assert_eq!((Request::decode(&[200; 40]), Reply::decode(&[])), (None, None));
    }
}
