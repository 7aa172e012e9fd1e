//! A small CT of water in air, without stones: a file for each slice, implicit little endian (PS3.5 A.1, PS3.10 7.1).

use std::fs;
use std::path::Path;

const SIDE: usize = 64;

/// Writes axial slices at these heights; the folder.
pub fn write(folder: &Path, heights_mm: &[f64]) -> String {
    fs::create_dir_all(folder).unwrap();
    for (n, z) in (1..).zip(heights_mm) {
        fs::write(folder.join(format!("{n}.dcm")), slice(n, *z)).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

fn slice(n: usize, z: f64) -> Vec<u8> {
    let instance = format!("1.2.3.4.5.{n}");
    let syntax = element(0x0002, 0x0010, *b"UI", "1.2.840.10008.1.2");
    let mut file = [&[0; 128][..], b"DICM", &syntax].concat();
    for (group, number, value) in [
        (0x0008, 0x0016, "1.2.840.10008.5.1.4.1.1.2"),
        (0x0008, 0x0018, &*instance),
        (0x0008, 0x0060, "CT"),
        (0x0018, 0x0050, "2"),
        (0x0020, 0x000d, "1.2.3.4.1"),
        (0x0020, 0x000e, "1.2.3.4.2"),
        (0x0020, 0x0011, "3"),
        (0x0020, 0x0013, &n.to_string()),
        (0x0020, 0x0032, &format!("-50\\-50\\{z}")),
        (0x0020, 0x0037, "1\\0\\0\\0\\1\\0"),
        (0x0020, 0x0052, "1.2.3.4.3"),
    ] {
        file.extend(implicit(group, number, value.as_bytes()));
    }
    let short = |number, value: usize| implicit(0x0028, number, &(value as u16).to_le_bytes());
    file.extend(short(0x0002, 1));
    file.extend(implicit(0x0028, 0x0004, b"MONOCHROME2"));
    file.extend([short(0x0010, SIDE), short(0x0011, SIDE)].concat());
    file.extend(implicit(0x0028, 0x0030, b"1.5\\1.5"));
    file.extend(
        [short(0x0100, 16), short(0x0101, 16), short(0x0102, 15), short(0x0103, 0)].concat(),
    );
    file.extend(implicit(0x0028, 0x1052, b"-1024"));
    file.extend(implicit(0x0028, 0x1053, b"1"));
    let stored = |at: usize| -> u16 {
        let [i, j] = [at % SIDE, at / SIDE].map(|x| x as f64 - SIDE as f64 / 2.0);
        if i.hypot(j) < 25.0 { 1064 } else { 24 }
    };
    let pixels: Vec<u8> = (0..SIDE * SIDE).flat_map(|at| stored(at).to_le_bytes()).collect();
    file.extend(implicit(0x7fe0, 0x0010, &pixels));
    file
}

/// Of the file's meta information, which is explicit; its group length is left out.
fn element(group: u16, number: u16, vr: [u8; 2], value: &str) -> Vec<u8> {
    let value = even(value.as_bytes());
    let length = (value.len() as u16).to_le_bytes();
    [&group.to_le_bytes()[..], &number.to_le_bytes(), &vr, &length, &value].concat()
}

fn implicit(group: u16, number: u16, value: &[u8]) -> Vec<u8> {
    let value = even(value);
    let length = (value.len() as u32).to_le_bytes();
    [&group.to_le_bytes()[..], &number.to_le_bytes(), &length, &value].concat()
}

fn even(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_owned();
    if value.len() % 2 == 1 {
        value.push(0);
    }
    value
}
