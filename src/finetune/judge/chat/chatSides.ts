/** Base and adapter side by side in chat: one session whose chat adapter changes, everything at background priority. */

import type { Generator } from '../../../inference/model';
import type { JudgedChat } from '../../instruct/testChats';
import type { Loss, Scorer } from '../losses';
import { Strength } from '../strength';
import type { Answered } from './answerText';

/** Generated tokens from which a time per token says something. */
const LEAST_TIMED = 4;

export class ChatSides implements Scorer<JudgedChat> {
	private readonly strength: Strength;

	/**
	 * @param path absolute, of the adapter.
	 * @param maxTokens of a conversation: a longer one cannot be scored.
	 */
	constructor(
		private readonly model: Pick<Generator, 'chat' | 'scoreChats' | 'useChatAdapters'>,
		path: string,
		private readonly maxTokens: number,
	) {
		this.strength = new Strength((adapters, signal) => model.useChatAdapters(adapters, signal), path);
	}

	async losses(
		strength: number,
		chats: readonly JudgedChat[],
		signal: AbortSignal,
	): Promise<readonly (Loss | undefined)[]> {
		await this.strength.use(strength, signal);
		const request = { chats: chats.map(({ messages }) => ({ messages })), maxTokens: this.maxTokens };
		const answer = await this.model.scoreChats(request, signal);
		if (answer.type === 'unsupported') {
			throw new Error(answer.reason);
		}
		return answer.chats.map((logs) =>
			logs.length === 0 ? undefined : { sum: -logs.reduce((sum, log) => sum + log, 0), tokens: logs.length },
		);
	}

	/**
	 * Greedy, to the same question, on the path that serves. Undefined where the model cannot chat.
	 *
	 * @throws as `losses`.
	 */
	async answer(
		strength: number,
		{ messages }: Pick<JudgedChat, 'messages'>,
		maxTokens: number,
		signal: AbortSignal,
	): Promise<Answered | undefined> {
		await this.strength.use(strength, signal);
		// Guesses that come true make a model that repeats itself look fast.
		const asked = { messages: messages.slice(0, -1), maxTokens, temperature: 0, guesses: false };
		let text = '';
		let isOver = false;
		let pace: number | undefined;
		for await (const event of this.model.chat({ ...asked, priority: 'background' }, signal)) {
			if (event.type === 'unsupported') {
				return undefined;
			}
			if (event.type === 'text') {
				text += event.text;
			} else if (event.type === 'end') {
				const { generatedTokens, decodeMilliseconds } = event.statistics;
				isOver = event.reason === 'end-of-text';
				pace = generatedTokens >= LEAST_TIMED ? decodeMilliseconds / generatedTokens : undefined;
			}
		}
		return { text, isOver, pace };
	}
}
