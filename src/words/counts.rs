//! Things that are counted: English tells one from several, Korean has a word of its own to count each with.

use super::Language;
use Language::{English, Korean};

#[derive(Clone, Copy)]
pub enum Thing {
    File,
    Image,
    ModelFinding,
    Slice,
    Voxel,
    Worker,
}

/// "1 image", "2 images", "영상 2장".
pub fn counted(language: Language, count: usize, thing: Thing) -> String {
    match language {
        English => format!("{count} {}", noun(count, thing)),
        Korean => {
            let (what, counter) = korean(thing);
            format!("{what} {count}{counter}")
        }
    }
}

/// "1 / 130 slices": so many of all.
pub fn counted_of(language: Language, count: usize, of: usize, thing: Thing) -> String {
    match language {
        English => format!("{count} / {of} {}", noun(of, thing)),
        Korean => {
            let (what, counter) = korean(thing);
            format!("{what} {count} / {of}{counter}")
        }
    }
}

/// The English noun for so many.
pub fn noun(count: usize, thing: Thing) -> &'static str {
    let [one, several] = match thing {
        Thing::File => ["file", "files"],
        Thing::Image => ["image", "images"],
        Thing::ModelFinding => ["model finding", "model findings"],
        Thing::Slice => ["slice", "slices"],
        Thing::Voxel => ["voxel", "voxels"],
        Thing::Worker => ["worker", "workers"],
    };
    if count == 1 { one } else { several }
}

fn korean(thing: Thing) -> (&'static str, &'static str) {
    match thing {
        Thing::File => ("파일", "개"),
        Thing::Image => ("영상", "장"),
        Thing::ModelFinding => ("모델 소견", "개"),
        Thing::Slice => ("단면", "개"),
        Thing::Voxel => ("복셀", "개"),
        Thing::Worker => ("작업자", "개"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_several() {
        for (count, english, korean) in
            [(0, "0 images", "영상 0장"), (1, "1 image", "영상 1장"), (2, "2 images", "영상 2장")]
        {
            assert_eq!(counted(English, count, Thing::Image), english);
            assert_eq!(counted(Korean, count, Thing::Image), korean);
        }
        assert_eq!(counted_of(English, 1, 1, Thing::Slice), "1 / 1 slice");
        assert_eq!(counted_of(English, 1, 130, Thing::Slice), "1 / 130 slices");
        assert_eq!(counted_of(Korean, 1, 130, Thing::Slice), "단면 1 / 130개");
    }
}
