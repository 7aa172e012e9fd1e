//! A queue of jobs and the workers that do them, one at a time each.

use std::collections::VecDeque;
use web_sys::MessagePort;

/// Workers by number; a number that is given again replaces a worker that was stopped or has trapped.
pub struct Pool<J> {
    workers: Vec<Option<Member<J>>>,
    waiting: VecDeque<J>,
}

struct Member<J> {
    port: MessagePort,
    busy: Option<J>,
}

impl<J> Default for Pool<J> {
    fn default() -> Self {
        Self { workers: Vec::new(), waiting: VecDeque::new() }
    }
}

impl<J> Pool<J> {
    /// Takes a worker in; gives back the job that its predecessor never finished.
    pub fn join(&mut self, number: usize, port: MessagePort) -> Option<J> {
        if self.workers.len() <= number {
            self.workers.resize_with(number + 1, || None);
        }
        let before = self.workers[number].replace(Member { port, busy: None })?;
        before.port.close();
        before.busy
    }

    /// Takes all workers out; jobs that they had begun are done before the others.
    pub fn dismiss(&mut self) -> Vec<(usize, MessagePort)> {
        let mut ports = Vec::new();
        for (number, member) in self.workers.drain(..).enumerate() {
            let Some(Member { port, busy }) = member else { continue };
            ports.push((number, port));
            if let Some(job) = busy {
                self.waiting.push_front(job);
            }
        }
        ports
    }

    /// A worker is handed no more; gives back the job that it has not finished.
    pub fn leave(&mut self, number: usize) -> Option<J> {
        let member = self.workers.get_mut(number)?.take()?;
        member.port.close();
        member.busy
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

    /// Hands waiting jobs to idle workers; `give` sends a job to its port.
    pub fn dispatch(&mut self, mut give: impl FnMut(&J, &MessagePort)) {
        for member in self.workers.iter_mut().flatten().filter(|m| m.busy.is_none()) {
            let Some(job) = self.waiting.pop_front() else { return };
            give(&job, &member.port);
            member.busy = Some(job);
        }
    }

    pub fn job_of(&mut self, number: usize) -> Option<&mut J> {
        self.workers.get_mut(number)?.as_mut()?.busy.as_mut()
    }

    /// The worker's job is done.
    pub fn finish(&mut self, number: usize) -> Option<J> {
        self.workers.get_mut(number)?.as_mut()?.busy.take()
    }

    /// Whether such a job is waiting or being done.
    pub fn any(&self, matches: impl Fn(&J) -> bool) -> bool {
        let busy = self.workers.iter().flatten().filter_map(|member| member.busy.as_ref());
        self.waiting.iter().chain(busy).any(matches)
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.workers.iter().flatten().all(|m| m.busy.is_none())
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
            member.busy = None;
        }
    }
}
