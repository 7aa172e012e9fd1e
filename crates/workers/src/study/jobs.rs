//! What decode workers are asked for: files in batches, so that one is read while another is decoded.

use reader::Frame;

/// What is asked about one file. `tries` counts the workers that it has already cost.
pub enum Job {
    Scan {
        path: String,
        tries: u32,
    },
    List {
        path: String,
    },
    /// Frames of one file, with the slice of the series shown that each becomes.
    Decode {
        path: String,
        frames: Vec<Frame>,
        purpose: Purpose,
        tries: u32,
    },
}

#[derive(Clone, PartialEq)]
pub enum Purpose {
    /// Slices of the series shown, frame by frame; `showing` tells whether it still is.
    Slices { showing: u32, slices: Vec<usize> },
    /// Only what the pixels tell: whether they are a slice's of the series shown again.
    Rivals,
    /// A small picture of a series.
    Thumbnail(usize),
}

impl Job {
    /// Frames that it asks for; a header counts as one.
    fn frames(&self) -> usize {
        match self {
            Job::Scan { .. } | Job::List { .. } => 1,
            Job::Decode { frames, .. } => frames.len(),
        }
    }
}

/// Jobs that a worker is handed together; what it has done is gone.
pub struct Batch(Vec<Option<Job>>);

/// Frames of a batch of several files: few, so that no worker is left with much when the others are done.
const FRAMES: usize = 8;

impl Batch {
    pub fn one(job: Job) -> Self {
        Self(vec![Some(job)])
    }

    /// Jobs in their order, as many together as there may be.
    pub fn several(jobs: impl IntoIterator<Item = Job>) -> Vec<Self> {
        let mut batches: Vec<Self> = Vec::new();
        let mut room = 0;
        for job in jobs {
            let frames = job.frames();
            match batches.last_mut().filter(|_| frames <= room) {
                Some(Batch(last)) => {
                    room -= frames;
                    last.push(Some(job));
                }
                None => {
                    room = FRAMES.saturating_sub(frames);
                    batches.push(Self::one(job));
                }
            }
        }
        batches
    }

    pub fn job(&self, task: usize) -> Option<&Job> {
        self.0.get(task)?.as_ref()
    }

    pub fn finish(&mut self, task: usize) -> Option<Job> {
        self.0.get_mut(task)?.take()
    }

    /// What is not done yet.
    pub fn left(&self) -> impl Iterator<Item = &Job> {
        self.0.iter().flatten()
    }

    pub fn into_left(self) -> impl DoubleEndedIterator<Item = Job> {
        self.0.into_iter().flatten()
    }
}
