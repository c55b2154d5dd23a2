/** The contexts of one model: one for each choice of adapters in use, shared by whoever chose the same, and few of them. */

import { abortError, isAbort, throwIfAborted } from '../cancel';
import { messageOf } from '../failure';
import { type Adapter, ModelUnavailable } from '../model';
import { type Caller, type Claim, INTERACTIVE, LAST, URGENT } from './claim';
import { ContextChoice } from './contextChoice';
import { ContextPlace, type HeldSlot, type Slot, type Work } from './contextPlace';
import type { Gate } from './gate';
import { Lock } from './lock';
import { Occasion } from './occasion';

/** Contexts at once, but for those at the cursor; each holds memory for two whole contexts of tokens. */
const MOST_CONTEXTS = 3;

type CreateSlot = (adapters: readonly Adapter[], signal: AbortSignal) => Promise<Slot>;

const NEVER = new AbortController().signal;

export class ContextPool {
	readonly #places = new Set<ContextPlace>();
	readonly #choices = new Set<ContextChoice>();
	/** One context is made at a time. */
	readonly #making = new Lock();
	/** A context was released, or freed. */
	readonly #released = new Occasion();
	#releases = 0;
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
	 * for one more, the one that was not used for longest goes first: those that need it wait until it is idle. One with
	 * long work stays until that is done. Whoever waits at the cursor does not wait for that, but gets one more context,
	 * if there is memory for it.
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
		for (;;) {
			const release = await this.#making.acquire(claim, signal);
			const before = this.#releases;
			try {
				const adapters = wanted();
				const held = this.#take(adapters, work, signal) ?? (await this.#make(adapters, claim, work, signal));
				if (held !== undefined) {
					onHeld();
					return held;
				}
			} finally {
				release();
			}
			// Others may make one meanwhile.
			if (this.#releases === before) {
				await this.#released.next(signal);
			}
		}
	}

	/**
	 * Frees what nobody uses and nobody chose, but for the last one, and what was made for a second answer only; and
	 * where there are too many, what nobody uses and was not used last.
	 */
	tidy(): void {
		const chosen = [...this.#choices].flatMap(({ adapters }) => this.#having(adapters).slice(0, 1));
		const last = Math.max(...this.#staying.map(({ used }) => used));
		for (const place of this.#leastUsed.filter(({ isIdle }) => isIdle)) {
			const isTooMany = this.#staying.length > this.most && place.used < last;
			if (isTooMany || (this.#staying.length > 1 && !chosen.includes(place))) {
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

	get #staying(): readonly ContextPlace[] {
		return [...this.#places].filter(({ isLeaving }) => !isLeaving);
	}

	/** Those that stay, the one that was not used for longest at the head. */
	get #leastUsed(): readonly ContextPlace[] {
		return this.#staying.toSorted((one, other) => one.used - other.used);
	}

	#happen(): void {
		this.#releases++;
		this.#released.happen();
	}

	#add(slot: Slot): ContextPlace {
		const place = new ContextPlace(slot, ++this.#uses);
		this.#places.add(place);
		return place;
	}

	/** One that is there and can be used now. */
	#take(adapters: readonly Adapter[], work: Work, signal: AbortSignal): HeldSlot | undefined {
		const place = this.#having(adapters).find(({ isAnswering }) => work !== 'answer' || !isAnswering);
		return place === undefined ? undefined : this.#held(place, work, signal);
	}

	/** Those with these adapters, the one that was made first at the head. */
	#having(adapters: readonly Adapter[]): readonly ContextPlace[] {
		return this.#staying.filter((place) => place.has(adapters));
	}

	#held(place: ContextPlace, work: Work, signal: AbortSignal): HeldSlot {
		place.used = ++this.#uses;
		const onReleased = () => {
			this.#happen();
			this.tidy();
		};
		return place.hold(work, onReleased, signal);
	}

	/** @returns undefined where long work has to end first. */
	async #make(
		adapters: readonly Adapter[],
		claim: Claim,
		work: Work,
		signal: AbortSignal,
	): Promise<HeldSlot | undefined> {
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
			if (!(await this.#makeRoom(signal))) {
				if (claim.rank < INTERACTIVE) {
					return undefined;
				}
				break;
			}
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
				if (!(await this.#makeRoom(signal))) {
					return undefined;
				}
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

	/**
	 * Frees the context that was not used for longest, an idle one if there is any.
	 * @returns false where there is long work in all of them.
	 */
	async #makeRoom(signal: AbortSignal): Promise<boolean> {
		const free = this.#leastUsed.filter(({ isLong }) => !isLong);
		const place = free.find(({ isIdle }) => isIdle) ?? free[0];
		if (place === undefined) {
			const isOneLeaving = this.#places.size > this.#staying.length;
			if (isOneLeaving) {
				await this.#released.next(signal);
			}
			return isOneLeaving;
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
		return true;
	}

	/** Resolves when nobody holds it. */
	async #idle(place: ContextPlace, signal: AbortSignal): Promise<void> {
		while (!place.isIdle) {
			await this.#released.next(signal);
		}
	}

	/** Frees a context that nobody holds, when the native work on its lanes has ended. */
	async #free(place: ContextPlace): Promise<void> {
		try {
			await place.slot.completion.lock.acquire(LAST, NEVER);
			await place.slot.chat.lock.acquire(LAST, NEVER);
			await this.gate.step(URGENT, () => place.slot.dispose(), NEVER);
		} catch (error) {
			this.log(`A context could not be freed: ${messageOf(error)}`);
		} finally {
			this.#places.delete(place);
			this.#happen();
		}
	}
}

function outOfMemory(error: unknown): ModelUnavailable {
	return new ModelUnavailable({
		code: 'out-of-memory',
		message: `There is probably not enough memory for a context (${messageOf(error)}). Choose a smaller familiar.model.contextSize and try again.`,
		remedies: ['select-model', 'restart', 'show-log'],
	});
}
