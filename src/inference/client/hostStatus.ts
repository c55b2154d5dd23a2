/** What a client knows of the work of its host: whose it was decides, after a crash, who is held to account. */

import type { Tick } from '../wire/protocol';

export class HostStatus {
	/** Requests that the host has not answered, also those that nobody waits for any more. */
	private unanswered = 0;
	/** What this client has asked it to load. */
	private readonly ownLoads = new Set<string>();
	/** What it has chosen: a request brings it back where it has left memory. */
	private readonly chosen = new Set<string>();
	private lastTick: Tick = { clients: 1, loading: [] };
	private atEnd: Pick<HostStatus, 'wasBusy' | 'wasReloading' | 'wasElsewhere'> | undefined;

	tick(tick: Tick): void {
		this.lastTick = tick;
	}

	/**
	 * @param subject what the request loads, by `loadSubject`.
	 * @returns to be called when it is answered, or never will be.
	 */
	begin(subject: string | undefined): () => void {
		this.unanswered++;
		if (subject !== undefined) {
			this.ownLoads.add(subject);
			this.chosen.add(subject);
		}
		return () => {
			this.unanswered--;
			if (subject !== undefined) {
				this.ownLoads.delete(subject);
			}
		};
	}

	/** The connection has ended: keeps what was under way. */
	end(): void {
		const { loading } = this.lastTick;
		this.atEnd = {
			wasBusy: this.unanswered > 0,
			wasReloading: loading.some((subject) => this.reloads(subject)),
			wasElsewhere: this.isElsewhere,
		};
	}

	/** Whether the host was at work for this client when the connection ended. */
	get wasBusy(): boolean {
		return this.atEnd?.wasBusy ?? false;
	}

	/** Whether it then brought back what this client had chosen before, for a request of this client. */
	get wasReloading(): boolean {
		return this.atEnd?.wasReloading ?? false;
	}

	/** Whether it then was at work for another client, as far as one can know. */
	get wasElsewhere(): boolean {
		return this.atEnd?.wasElsewhere ?? false;
	}

	/** Clients of the host, this one among them, as of a second ago. */
	get clients(): number {
		return this.lastTick.clients;
	}

	/** Whether the host loads something, for whichever client: it may be silent for longer. */
	get isLoading(): boolean {
		return this.lastTick.loading.length > 0;
	}

	/**
	 * Native code that ends the process ends it for everybody. A load is the likeliest reason, and the host has said whose
	 * it is. Else it is whoever had something under way; where nobody here had, and others are there, it may be theirs.
	 */
	private get isElsewhere(): boolean {
		const { loading, clients } = this.lastTick;
		if (clients <= 1) {
			return false;
		}
		return loading.length > 0
			? !loading.some((subject) => this.ownLoads.has(subject) || this.reloads(subject))
			: this.unanswered === 0;
	}

	private reloads(subject: string): boolean {
		return this.unanswered > 0 && this.chosen.has(subject) && !this.ownLoads.has(subject);
	}
}
