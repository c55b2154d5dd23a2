/** What the starter says of itself: what it is, what it cannot do, and which button gives a better model. */

import texts from '../../../package.nls.json';
import { chatTexts } from '../../../src/chat/texts';

/** As the command palette shows it. */
export const SELECT_MODEL = `Familiar: ${texts['command.selectModel']}`;

/** As the chat's button shows it. */
const BUTTON = chatTexts({ t: (message) => message }).selectModel;

/** Sentences that send to a larger model. */
export const LARGER: readonly string[] = [
	`A larger model may know: choose one with \`${SELECT_MODEL}\`.`,
	`For that, choose a larger model: run \`${SELECT_MODEL}\`.`,
	`Run \`${SELECT_MODEL}\` to choose a larger model for this.`,
	`Choose a larger model with the button “${BUTTON}” and ask again.`,
	`That needs a larger model, which you can choose with \`${SELECT_MODEL}\`.`,
];

/** Sentences that admit it where the code does not say what would be right. */
export const UNKNOWN: readonly string[] = [
	'What is right here, this code does not tell, so I change nothing.',
	'I cannot tell from this code what it should be, so I give no changed code.',
	'I do not know what was meant, so I leave the code as it is.',
];

/** Sentences that begin an answer to what it does not know. */
export const DO_NOT_KNOW: readonly string[] = [
	'I do not know that.',
	"I don't know.",
	'I do not know: I am Familiar’s small starter model and only know small pieces of code.',
	'That is beyond me: I am a small starter model.',
	'I cannot answer that. I am only the small starter model.',
	'Sorry, I do not know that.',
	'I am a very small model and do not know this.',
];

/** Sentences for code in which it finds nothing to correct. */
export const NO_MISTAKE: readonly string[] = [
	'I see no mistake in this code, but I only know simple ones.',
	'I find nothing to correct here. I am a small model and may overlook it.',
	'I do not see what is wrong with this code.',
];

/** Sentences about a problem that no compiler of TypeScript reported. */
export const UNKNOWN_PROBLEM: readonly string[] = [
	'I do not know this problem: I have only learned the common errors of TypeScript.',
	'This message is none that I have learned.',
	'I do not know what this message means.',
];
