//! STOW-RS (PS3.18 10.5): the body that objects are sent in, and what is answered of each.

use crate::address::is_uid;
use crate::instance::sop_instance_uid;
use crate::matches::texts;
use memchr::memmem::find;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Objects as they are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub content_type: String,
    pub body: Vec<u8>,
    /// The SOP Instance UID of each.
    pub uids: Vec<String>,
}

impl Sent {
    /// `None` where one of them is no DICOM file.
    pub fn of(files: &[Vec<u8>]) -> Option<Self> {
        let uids = files.iter().map(|file| sop_instance_uid(file)).collect::<Option<Vec<_>>>()?;
        let boundary = boundary(files);
        let mut body = Vec::new();
        for file in files {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(b"Content-Type: application/dicom\r\n\r\n");
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type =
            format!("multipart/related; type=\"application/dicom\"; boundary={boundary}");
        Some(Self { content_type, body, uids })
    }
}

/// One that no file holds.
fn boundary(files: &[Vec<u8>]) -> String {
    let free =
        |boundary: &String| files.iter().all(|file| find(file, boundary.as_bytes()).is_none());
    let numbered = |n: u32| format!("lithoscope-part-{n}");
    // Files of finite length hold finitely many of them.
    (0..).map(numbered).find(free).unwrap_or_default()
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Stored,
    /// Stored, and something of it was changed or left out (PS3.18 table 10.5.3-1).
    Changed(u32),
    Refused(u32),
    /// The answer does not mention it.
    NotTold,
}

/// The outcome of each object, in order. `accepted` is whether the status was one of success.
pub fn outcomes(uids: &[String], accepted: bool, body: &[u8]) -> Vec<Outcome> {
    let answer: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let stored = listed(&answer, "00081199");
    let failed = listed(&answer, "00081198");
    let outcome = |uid: &String| {
        let of = |list: &[(String, Option<u32>)]| {
            list.iter().find(|(named, _)| named == uid).map(|(_, reason)| *reason)
        };
        match (of(&failed), of(&stored)) {
            (Some(reason), _) => Outcome::Refused(reason.unwrap_or_default()),
            (None, Some(None)) => Outcome::Stored,
            (None, Some(Some(reason))) => Outcome::Changed(reason),
            (None, None) if accepted || answer.is_empty() => Outcome::NotTold,
            (None, None) => Outcome::Refused(0),
        }
    };
    uids.iter().map(outcome).collect()
}

/// The objects in a sequence, each with its Failure Reason or Warning Reason.
fn listed(answer: &Map<String, Value>, tag: &str) -> Vec<(String, Option<u32>)> {
    let items = answer.get(tag).and_then(|sequence| sequence.get("Value")?.as_array());
    let item = |item: &Value| {
        let item = item.as_object()?;
        let first = |tag| texts(item, tag).into_iter().next();
        let uid = first("00081155").filter(|uid| is_uid(uid))?;
        let reason = first("00081197").or_else(|| first("00081196"));
        Some((uid, reason.and_then(|reason| reason.parse().ok())))
    };
    items.into_iter().flatten().filter_map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parts;

    fn file(uid: &str, content: &[u8]) -> Vec<u8> {
        let length = (uid.len() as u16).to_le_bytes();
        [&[0; 128][..], b"DICM\x02\0\x03\0UI", &length, uid.as_bytes(), content].concat()
    }

    #[test]
    fn what_is_sent_can_be_read_as_what_is_answered() {
        let files = [file("1.2", b"lithoscope-part-0\r\n--"), file("1.34", b"\r\n")];
        let sent = Sent::of(&files).unwrap();
        assert_eq!(sent.uids, ["1.2", "1.34"]);
        assert!(sent.content_type.ends_with("boundary=lithoscope-part-1"));
        let mut parts = Parts::of(Some(&sent.content_type));
        assert_eq!(parts.push(&sent.body).unwrap(), files);
        assert_eq!(parts.end().unwrap(), None);
        assert_eq!(Sent::of(&[b"no DICOM".to_vec()]), None);
    }

    #[test]
    fn each_object_has_its_answer() {
        let uids = ["1", "2", "3", "4"].map(String::from);
        let answer = br#"{"00081199":{"vr":"SQ","Value":[
                {"00081155":{"vr":"UI","Value":["1"]}},
                {"00081155":{"vr":"UI","Value":["2"]},"00081196":{"vr":"US","Value":[45056]}}]},
            "00081198":{"vr":"SQ","Value":[
                {"00081155":{"vr":"UI","Value":["3"]},"00081197":{"vr":"US","Value":[42752]}}]}}"#;
        assert_eq!(
            outcomes(&uids, true, answer),
            [Outcome::Stored, Outcome::Changed(45056), Outcome::Refused(42752), Outcome::NotTold]
        );
        assert_eq!(outcomes(&uids[..1], true, b""), [Outcome::NotTold]);
        assert_eq!(outcomes(&uids[..1], true, b"<html>"), [Outcome::NotTold]);
        assert_eq!(outcomes(&uids[3..], false, answer), [Outcome::Refused(0)]);
    }
}
