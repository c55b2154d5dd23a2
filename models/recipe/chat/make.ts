/** All conversations of a set: so many of each kind, each once, in an order that the seed draws. */

import type { Exchange } from '../../../src/chat/messages';
import { type Random, randomFrom, seedFor } from '../../../src/finetune/training/random';
import { throwIfAborted } from '../../../src/inference/cancel';
import { aboutConversation } from './about';
import { beyondConversation } from './beyond';
import { type Conversation, conversationLine, type Kind } from './conversation';
import { drawDocuments, lotOf } from './corpusDraw';
import { chance, pick, shuffled } from './draw';
import { fromBreaks } from './fromBreaks';
import { fromCode } from './fromCode';
import { basicConversation } from './generateBasics';
import type { Program } from './problems';

export interface MakeOptions {
	/** Absolute path of the corpus' file for this set. */
	readonly corpus: string;
	readonly set: 'train' | 'validation';
	/** Conversations, at most. */
	readonly most: number;
	readonly seed: number;
}

/** Shares of the whole; problems and fixes are made together. */
const SHARES = {
	function: 0.29,
	statement: 0.15,
	problems: 0.29,
	generate: 0.1,
	about: 0.04,
	beyond: 0.13,
} as const;

const PER_PACKAGE = 24;
/** Files that are compiled at once. */
const AT_ONCE = 200;
/** Share of the questions without code that are asked only in validation. */
const HELD_OUT = 0.06;
/** Share of the questions without code that follow another question. */
const FOLLOWING = 0.15;
/** Programs that are broken, for each conversation about a problem. */
const PROGRAMS = 1.5;
/** Most of the generated functions that are basic ones, as a share: there are few of them. */
const BASIC = 0.3;

/** @throws AbortError when the signal fires. */
export async function makeConversations(options: MakeOptions, signal: AbortSignal): Promise<Conversation[]> {
	const { corpus, set, most, seed } = options;
	const random = randomFrom(seedFor(seed, `chat/${set}`));
	const wanted = (kind: keyof typeof SHARES) => Math.round(most * SHARES[kind]);
	const found = new Found();
	const programs: Program[] = [];
	const documents = await drawDocuments(corpus, PER_PACKAGE, seed, signal);
	for (let start = 0; start < documents.length; start += AT_ONCE) {
		throwIfAborted(signal);
		const made = fromCode(documents.slice(start, start + AT_ONCE), random);
		found.add([...made.explained, ...made.generated]);
		programs.push(...made.programs);
		const isEnough = (['function', 'statement', 'generate'] as const).every(
			(kind) => found.count(kind) >= wanted(kind),
		);
		if (isEnough && programs.length >= wanted('problems') * PROGRAMS) {
			break;
		}
	}
	const result = (['function', 'statement', 'generate'] as const).flatMap((kind) =>
		found.first(kind, wanted(kind)),
	);
	result.push(...fromBreaks(shuffled(random, programs), wanted('problems'), random, signal));
	const missing = wanted('generate') - found.count('generate');
	result.push(...drawn(() => basicConversation(random), Math.min(missing, wanted('generate') * BASIC)));
	const before = shuffled(random, result);
	for (const kind of ['about', 'beyond'] as const) {
		result.push(...withoutCode(kind, wanted(kind), before, options, random));
	}
	return shuffled(random, unique(result));
}

/** Conversations by kind, each once. */
class Found {
	private readonly known = new Map<Kind, Map<string, Conversation>>();

	add(conversations: readonly Conversation[]): void {
		for (const conversation of conversations) {
			const { kind, messages } = conversation;
			const ofKind = this.known.get(kind) ?? new Map<string, Conversation>();
			this.known.set(kind, ofKind);
			ofKind.set(messages.at(-2)?.content ?? '', conversation);
		}
	}

	count(kind: Kind): number {
		return this.known.get(kind)?.size ?? 0;
	}

	first(kind: Kind, most: number): readonly Conversation[] {
		return [...(this.known.get(kind)?.values() ?? [])].slice(0, most);
	}
}

function withoutCode(
	kind: 'about' | 'beyond',
	most: number,
	before: readonly Conversation[],
	{ set, seed }: MakeOptions,
	random: Random,
): Conversation[] {
	const make = kind === 'about' ? aboutConversation : beyondConversation;
	return drawn(() => {
		const history = chance(random, FOLLOWING) && before.length > 0 ? [exchangeOf(pick(random, before))] : [];
		const one = make(random, history);
		const asked = one?.messages.at(-2)?.content ?? '';
		return lotOf(asked, seed) < HELD_OUT === (set === 'validation') ? one : undefined;
	}, most);
}

/** Draws until there are enough, or nothing new comes. */
function drawn(make: () => Conversation | undefined, most: number): Conversation[] {
	const found = new Map<string, Conversation>();
	for (let tries = 0; found.size < most && tries < most * 30; tries++) {
		const one = make();
		if (one !== undefined) {
			found.set(conversationLine(one), one);
		}
	}
	return [...found.values()];
}

/** What was asked is the same text, whatever it was made of. */
function exchangeOf({ messages }: Conversation): Exchange {
	return {
		question: { task: 'question', text: messages.at(-2)?.content ?? '' },
		answer: messages.at(-1)?.content ?? '',
	};
}

function unique(conversations: readonly Conversation[]): Conversation[] {
	return [...new Map(conversations.map((one) => [conversationLine(one), one])).values()];
}
