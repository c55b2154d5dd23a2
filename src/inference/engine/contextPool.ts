/** The contexts of one model: one for each choice of adapters in use, shared by whoever chose the same, and few of them. */

import { abortError, isAbort, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import { type Adapter, ModelUnavailable } from '../model';
import { type Caller, type Claim, LAST, URGENT } from './claim';
import { ContextChoice } from './contextChoice';
import type { Gate } from './gate';
import { Lock } from './lock';
import { Occasion } from './occasion';
import type { ScoringLane } from './scoring';

/** Contexts at once; each holds memory for two whole contexts of tokens. */
const MOST_CONTEXTS = 3;

/** A context for one choice of adapters, with a lane for each kind of request. */
export interface Slot {
	readonly adapters: readonly Adapter[];
	readonly completion: ScoringLane;
	readonly chat: ScoringLane;
	/** Frees it; nothing may run on its lanes. */
	dispose(): Promise<void>;
}

/** A context that stays until it is released, or the signal that it was asked for with fires. */
export interface HeldSlot {
	readonly slot: Slot;
	/** May be called more than once. */
	release(): void;
}

type CreateSlot = (adapters: readonly Adapter[], signal: AbortSignal) => Promise<Slot>;

/** `answer`: long work on the chat lane, which nobody else can use meanwhile. */
export type Work = 'short' | 'answer';

interface Place {
	readonly slot: Slot;
	holders: number;
	/** Those of them that are answers: written in it, or waiting for it. */
	answers: number;
	/** Makes room: nobody gets it any more. */
	isLeaving: boolean;
	/** Counts up with each use. */
	used: number;
}

const NEVER = new AbortController().signal;

export class ContextPool {
	readonly #places = new Set<Place>();
	readonly #choices = new Set<ContextChoice>();
	/** One context is made at a time. */
	readonly #making = new Lock();
	/** A context was released, or freed. */
	readonly #released = new Occasion();
	#uses = 0;
	#isDisposed = false;

	constructor(
		first: Slot,
		private readonly create: CreateSlot,
		private readonly gate: Gate,
		private readonly log: (line: string) => void,
		private readonly most = MOST_CONTEXTS,
	) {
		this.#add(first);
	}

	/** A choice of adapters for one caller; none at first. */
	enter(caller: Caller): ContextChoice {
		const choice = new ContextChoice(this, caller, () => {
			this.#choices.delete(choice);
			this.tidy();
		});
		this.#choices.add(choice);
		return choice;
	}

	/**
	 * The context with these adapters, which is made where there is none. Where there are too many, or memory is short
	 * for one more, the one that was not used for longest goes first: those that need it wait until it is idle.
	 *
	 * While an answer is written in it, another one gets a further one for as long as it takes, so that both are
	 * written at once; where there is no room for that, it waits.
	 * @param wanted is asked when it is decided. @param onHeld is called before anybody else can make one.
	 * @throws AbortError when the signal fires, or what kept the context from being made.
	 */
	async hold(
		wanted: () => readonly Adapter[],
		claim: Claim,
		signal: AbortSignal,
		onHeld: () => void = () => undefined,
		work: Work = 'short',
	): Promise<HeldSlot> {
		throwIfAborted(signal);
		const there = this.#take(wanted(), work, signal);
		if (there !== undefined) {
			onHeld();
			return there;
		}
		const release = await this.#making.acquire(claim, signal);
		try {
			const adapters = wanted();
			const held = this.#take(adapters, work, signal) ?? (await this.#make(adapters, work, signal));
			onHeld();
			return held;
		} finally {
			release();
		}
	}

	/** Frees what nobody uses and nobody chose, but for the last one, and what was made for a second answer only. */
	tidy(): void {
		const chosen = [...this.#choices].flatMap(({ adapters }) => this.#having(adapters).slice(0, 1));
		const idle = [...this.#staying]
			.filter((place) => place.holders === 0 && !chosen.includes(place))
			.sort((one, other) => one.used - other.used);
		for (const place of idle) {
			if (this.#staying.length > 1) {
				place.isLeaving = true;
				void this.#free(place);
			}
		}
	}

	/** Waits for the requests that run: end them first, and start none. */
	async dispose(): Promise<void> {
		this.#isDisposed = true;
		await this.#making.acquire(LAST, NEVER);
		// A context whose maker was aborted is there when the gate has done it.
		await this.gate.step(URGENT, async () => undefined, NEVER);
		for (const place of this.#staying) {
			place.isLeaving = true;
			void this.#idle(place, NEVER).then(() => this.#free(place));
		}
		while (this.#places.size > 0) {
			await this.#released.next(NEVER);
		}
	}

	get #staying(): readonly Place[] {
		return [...this.#places].filter(({ isLeaving }) => !isLeaving);
	}

	#add(slot: Slot): Place {
		const place: Place = { slot, holders: 0, answers: 0, isLeaving: false, used: ++this.#uses };
		this.#places.add(place);
		return place;
	}

	/** One that is there and can be used now. */
	#take(adapters: readonly Adapter[], work: Work, signal: AbortSignal): HeldSlot | undefined {
		const place = this.#having(adapters).find(({ answers }) => work === 'short' || answers === 0);
		return place === undefined ? undefined : this.#held(place, work, signal);
	}

	/** Those with these adapters, the one that was made first at the head. */
	#having(adapters: readonly Adapter[]): readonly Place[] {
		return this.#staying.filter(({ slot }) => areSame(slot.adapters, adapters));
	}

	#held(place: Place, work: Work, signal: AbortSignal): HeldSlot {
		place.holders++;
		place.used = ++this.#uses;
		if (work === 'answer') {
			place.answers++;
		}
		let isReleased = false;
		const release = () => {
			signal.removeEventListener('abort', release);
			if (!isReleased) {
				isReleased = true;
				place.holders--;
				if (work === 'answer') {
					place.answers--;
				}
				this.#released.happen();
				this.tidy();
			}
		};
		if (signal.aborted) {
			release();
		}
		// A consumer that neither reads on nor leaves must not keep the others waiting.
		signal.addEventListener('abort', release, { once: true });
		return { slot: place.slot, release };
	}

	async #make(adapters: readonly Adapter[], work: Work, signal: AbortSignal): Promise<HeldSlot> {
		/** One that is there already, but busy: another one is worth no other's context. */
		const busy = () => {
			const [place] = this.#having(adapters);
			return place === undefined ? undefined : this.#held(place, work, signal);
		};
		while (this.#places.size >= this.most) {
			const held = busy();
			if (held !== undefined) {
				return held;
			}
			await this.#makeRoom(signal);
		}
		for (;;) {
			if (this.#isDisposed) {
				throw abortError();
			}
			try {
				return await this.#createSlot(adapters, work, signal);
			} catch (error) {
				if (isAbort(error) || signal.aborted) {
					throw error;
				}
				if (this.#places.size === 0) {
					throw outOfMemory(error);
				}
				this.log(`No further context fits beside ${this.#places.size}: ${messageOf(error)}`);
				const held = busy();
				if (held !== undefined) {
					return held;
				}
				await this.#makeRoom(signal);
			}
		}
	}

	/** One that is made after the signal has fired is released at once, and freed where nobody else wants it. */
	#createSlot(adapters: readonly Adapter[], work: Work, signal: AbortSignal): Promise<HeldSlot> {
		return this.gate.step(
			URGENT,
			async () => this.#held(this.#add(await this.create(adapters, signal)), work, signal),
			signal,
		);
	}

	/** Frees the context that was not used for longest, an idle one if there is any. */
	async #makeRoom(signal: AbortSignal): Promise<void> {
		const [place] = this.#staying.toSorted(
			(one, other) => Math.sign(one.holders) - Math.sign(other.holders) || one.used - other.used,
		);
		if (place === undefined) {
			return this.#released.next(signal);
		}
		place.isLeaving = true;
		try {
			await this.#idle(place, signal);
		} catch (error) {
			place.isLeaving = false;
			this.tidy();
			throw error;
		}
		await this.#free(place);
	}

	/** Resolves when nobody holds it. */
	async #idle(place: Place, signal: AbortSignal): Promise<void> {
		while (place.holders > 0) {
			await this.#released.next(signal);
		}
	}

	/** Frees a context that nobody holds, when the native work on its lanes has ended. */
	async #free(place: Place): Promise<void> {
		try {
			await place.slot.completion.lock.acquire(LAST, NEVER);
			await place.slot.chat.lock.acquire(LAST, NEVER);
			await this.gate.step(URGENT, () => place.slot.dispose(), NEVER);
		} catch (error) {
			this.log(`A context could not be freed: ${messageOf(error)}`);
		} finally {
			this.#places.delete(place);
			this.#released.happen();
		}
	}
}

function areSame(some: readonly Adapter[], others: readonly Adapter[]): boolean {
	return (
		some.length === others.length &&
		some.every(({ path, scale }, index) => path === others[index]?.path && scale === others[index]?.scale)
	);
}

function outOfMemory(error: unknown): ModelUnavailable {
	return new ModelUnavailable({
		code: 'out-of-memory',
		message: `There is probably not enough memory for a context (${messageOf(error)}). Choose a smaller familiar.model.contextSize and try again.`,
		remedies: ['select-model', 'restart', 'show-log'],
	});
}
