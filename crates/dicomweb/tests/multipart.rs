//! Answers of several parts, as standards and servers have them, cut anywhere into what comes at once.

use dicomweb::{Broken, Parts};
use proptest::prelude::*;

const TYPE: &str = "multipart/related; type=\"application/dicom\"; boundary=b0";

/// Reads a body that comes in chunks of a size.
fn read(content_type: Option<&str>, body: &[u8], chunk: usize) -> (Vec<Vec<u8>>, Option<Broken>) {
    let mut parts = Parts::of(content_type);
    let mut all = Vec::new();
    for bytes in body.chunks(chunk) {
        match parts.push(bytes) {
            Ok(more) => all.extend(more),
            Err(broken) => return (all, Some(broken)),
        }
    }
    match parts.end() {
        Ok(last) => (all.into_iter().chain(last).collect(), None),
        Err(broken) => (all, Some(broken)),
    }
}

/// The same at every chunk size.
fn reads(content_type: Option<&str>, body: &[u8], expected: &[&[u8]], broken: Option<Broken>) {
    for chunk in (1..40).chain([usize::MAX]) {
        let (parts, how) = read(content_type, body, chunk);
        assert_eq!(how, broken, "{:?} by {chunk}", String::from_utf8_lossy(body));
        assert_eq!(parts, expected, "{:?} by {chunk}", String::from_utf8_lossy(body));
    }
}

#[test]
fn as_the_standard_has_it() {
    reads(
        Some(TYPE),
        b"--b0\r\nContent-Type: application/dicom\r\n\r\none\r\n--b0\r\nContent-Type: x\r\n\r\n\r\ntwo\r\n\r\n--b0--\r\n",
        &[b"one", b"\r\ntwo\r\n"],
        None,
    );
}

#[test]
fn as_servers_have_it() {
    // A preamble, blanks behind the boundary, no header, an epilogue that looks like a part.
    let odd = b"To whom it may concern --b0\r\n\r\n--b0 \t\r\n\r\none\r\n--b0\r\n\r\n\r\n--b0--\r\n--b0\r\n\r\nnot this";
    reads(Some(TYPE), odd, &[b"one", b""], None);
    // Lines that end in a bare line feed.
    reads(
        Some(TYPE),
        b"--b0\nContent-Type: x\n\none\n--b0\n\ntwo\n--b0--",
        &[b"one", b"two"],
        None,
    );
    // No line end behind the last delimiter, and a part that is nothing.
    reads(Some(TYPE), b"--b0\r\n\r\n--b0\r\nA: b\r\n\r\ntwo\r\n--b0--", &[b"", b"two"], None);
    // No last delimiter, where the part tells its length.
    reads(Some(TYPE), b"--b0\r\nContent-Length: 3\r\n\r\none", &[b"one"], None);
    reads(Some(TYPE), b"--b0\r\ncontent-length : 3\r\n\r\none\r\n", &[b"one"], None);
    // What looks like the delimiter is not.
    reads(
        Some(TYPE),
        b"--b0\r\n\r\nx--b0\r\n\n--b0\r\n\r\n--b01\r\n--b0-\r\n--b0--",
        &[b"x--b0\r\n\n--b0\r\n\r\n--b01\r\n--b0-"],
        None,
    );
}

#[test]
fn content_types() {
    let one = b"--a;b\r\n\r\none\r\n--a;b--";
    for told in [
        r#"multipart/related; boundary="a;b""#,
        r#"Multipart/Related;type="application/dicom;x=y" ; Boundary = "a;b"; start=x"#,
        // None, or none that says: the first line does.
        "multipart/related",
        r#"multipart/related; boundary="#,
        r#"multipart/related; boundary="a;b"#,
        "application/octet-stream",
        "",
    ] {
        reads(Some(told), one, &[b"one"], None);
    }
    reads(None, one, &[b"one"], None);
}

#[test]
fn an_instance_that_comes_bare() {
    let file = [&[0; 128][..], b"DICM\r\n--b0\r\n"].concat();
    reads(Some("application/dicom"), &file, &[&file], None);
    reads(None, &file, &[&file], None);
}

#[test]
fn what_ends_early_keeps_what_was_whole() {
    let whole = b"--b0\r\n\r\none\r\n--b0\r\nContent-Length: 3\r\n\r\ntwo\r\n--b0--";
    let second = whole.len() - 11;
    for cut in 0..second {
        let told = read(Some(TYPE), &whole[..cut], 7);
        assert!(told.1.is_some(), "{cut}: {told:?}");
        assert!(told.0.len() <= 1 && told.0.iter().all(|part| part == b"one"), "{cut}: {told:?}");
    }
    reads(Some(TYPE), b"--b0\r\nContent-Length: 4\r\n\r\none", &[], Some(Broken::CutOff));
    reads(Some(TYPE), b"<html>please sign in</html>", &[], Some(Broken::NoParts));
    reads(
        Some("text/html"),
        &b"<html>please sign in</html>".repeat(10),
        &[],
        Some(Broken::NoParts),
    );
    reads(None, b"", &[], Some(Broken::NoParts));
}

#[test]
fn a_header_without_end_is_none() {
    let endless = [b"--b0\r\n".to_vec(), b"X: y\r\n".repeat(10_000)].concat();
    assert_eq!(read(Some(TYPE), &endless, 1000), (Vec::new(), Some(Broken::TooLarge)));
    let after = [&b"--b0\r\n\r\none\r\n"[..], &endless].concat();
    for chunk in [7, usize::MAX] {
        assert_eq!(
            read(Some(TYPE), &after, chunk),
            (vec![b"one".to_vec()], Some(Broken::TooLarge))
        );
    }
}

proptest! {
    /// Whatever the parts hold, short of the delimiter, and however they are cut.
    #[test]
    fn parts_come_out_as_they_went_in(
        parts in prop::collection::vec(prop::collection::vec(prop::sample::select(&b"-b0\r\n x"[..]), 0..40), 0..5),
        preamble in prop::collection::vec(prop::sample::select(&b"-b0\r\n x"[..]), 0..30),
        chunk in 1usize..60,
        lengths in any::<bool>(),
    ) {
        // A boundary that these bytes can't hold.
        let content_type = "multipart/related; boundary=\"-b0-=\"";
        let mut body = preamble;
        for part in &parts {
            body.extend_from_slice(b"\r\n---b0-=\r\n");
            if lengths {
                body.extend_from_slice(format!("Content-Length: {}\r\n", part.len()).as_bytes());
            }
            body.extend_from_slice(b"\r\n");
            body.extend_from_slice(part);
        }
        body.extend_from_slice(b"\r\n---b0-=--");
        prop_assert_eq!(read(Some(content_type), &body, chunk), (parts, None));
    }

    /// Any bytes under any content type: an answer, and the same one however they are cut.
    #[test]
    fn any_bytes_have_an_answer(
        bytes in prop::collection::vec(prop::sample::select(&b"-b0\r\n:DICM\0 ="[..]), 0..200),
        told in prop::sample::select(vec![None, Some(TYPE), Some("multipart/related"), Some("application/dicom")]),
        chunk in 1usize..40,
    ) {
        prop_assert_eq!(read(told, &bytes, chunk), read(told, &bytes, usize::MAX));
    }
}
