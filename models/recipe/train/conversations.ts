/** The conversations of the chat stage as samples, all of them at once: they are few. */

import type { Sample } from '../../../src/finetune/dataset/sample';
import { readConversations } from '../chat/conversation';
import { chatSample } from '../chat/sample';
import type { Tokenizer } from '../tokenizer';

/**
 * @param file as `starter:chat` makes it.
 * @throws Error where it is not there, naming what makes it.
 */
export async function conversationSamples(file: string, tokenizer: Tokenizer): Promise<readonly Sample[]> {
	const samples: Sample[] = [];
	for await (const conversation of readConversations(file)) {
		samples.push(chatSample(tokenizer, conversation));
	}
	return samples;
}
