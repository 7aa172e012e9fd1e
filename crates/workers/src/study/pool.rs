//! A queue of jobs and the workers that do them, one at a time each; one more may lie ready beside each worker.

use std::collections::VecDeque;
use web_sys::MessagePort;

/// Workers by number; a number that is given again replaces a worker that was stopped or has trapped.
pub struct Pool<J> {
    workers: Vec<Option<Member<J>>>,
    waiting: VecDeque<J>,
    /// How many jobs a worker is handed at most, with the one that it does.
    depth: usize,
}

struct Member<J> {
    port: MessagePort,
    /// The job that it does, and what lies ready behind it.
    handed: VecDeque<J>,
}

impl<J> Pool<J> {
    pub fn of_depth(depth: usize) -> Self {
        Self { workers: Vec::new(), waiting: VecDeque::new(), depth }
    }

    /// Takes a worker in; gives back the job over which its predecessor ended.
    pub fn join(&mut self, number: usize, port: MessagePort) -> Option<J> {
        let begun = self.leave(number);
        if self.workers.len() <= number {
            self.workers.resize_with(number + 1, || None);
        }
        self.workers[number] = Some(Member { port, handed: VecDeque::new() });
        begun
    }

    /// Takes all workers out; jobs that they had been handed are done before the others.
    pub fn dismiss(&mut self) -> Vec<(usize, MessagePort)> {
        let mut ports = Vec::new();
        for (number, member) in self.workers.drain(..).enumerate() {
            let Some(Member { port, handed }) = member else { continue };
            ports.push((number, port));
            handed.into_iter().rev().for_each(|job| self.waiting.push_front(job));
        }
        ports
    }

    /// A worker is handed no more; gives back the job that it has begun and not finished.
    pub fn leave(&mut self, number: usize) -> Option<J> {
        let Member { port, mut handed } = self.workers.get_mut(number)?.take()?;
        port.close();
        let begun = handed.pop_front();
        handed.into_iter().rev().for_each(|job| self.waiting.push_front(job));
        begun
    }

    pub fn push(&mut self, job: J) {
        self.waiting.push_back(job);
    }

    pub fn push_first(&mut self, job: J) {
        self.waiting.push_front(job);
    }

    /// Jobs that match are done before the others.
    pub fn prefer(&mut self, matches: impl Fn(&J) -> bool) {
        let (first, then): (Vec<J>, Vec<J>) = self.waiting.drain(..).partition(matches);
        self.waiting.extend(first);
        self.waiting.extend(then);
    }

    /// Hands waiting jobs to workers, to idle ones first; `give` sends a job to its port.
    pub fn dispatch(&mut self, mut give: impl FnMut(&J, &MessagePort)) {
        for depth in 0..self.depth {
            let members = self.workers.iter_mut().flatten();
            for member in members.filter(|member| member.handed.len() == depth) {
                let Some(job) = self.waiting.pop_front() else { return };
                give(&job, &member.port);
                member.handed.push_back(job);
            }
        }
    }

    pub fn job_of(&mut self, number: usize) -> Option<&mut J> {
        self.workers.get_mut(number)?.as_mut()?.handed.front_mut()
    }

    /// The worker's job is done.
    pub fn finish(&mut self, number: usize) -> Option<J> {
        self.workers.get_mut(number)?.as_mut()?.handed.pop_front()
    }

    /// Whether such a job is waiting or being done.
    pub fn any(&self, matches: impl Fn(&J) -> bool) -> bool {
        let handed = self.workers.iter().flatten().flat_map(|member| &member.handed);
        self.waiting.iter().chain(handed).any(matches)
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.workers.iter().flatten().all(|m| m.handed.is_empty())
    }

    /// One more than the greatest number that a worker has had.
    pub fn places(&self) -> usize {
        self.workers.len()
    }

    pub fn len(&self) -> usize {
        self.workers.iter().flatten().count()
    }

    /// Forgets the jobs that match, waiting and running; the answers of running ones are no longer expected.
    pub fn forget(&mut self, matches: impl Fn(&J) -> bool) {
        self.waiting.retain(|job| !matches(job));
    }

    pub fn forget_all(&mut self) {
        self.waiting.clear();
        for member in self.workers.iter_mut().flatten() {
            member.handed.clear();
        }
    }
}
