/** What VS Code's own chat and other extensions ask: one file, read with the first question. */

export { TOKENS_PER_MESSAGE } from '../prompts';
export { conversationOf, offerOf, textOf } from './conversation';
export { relay, tokensIn, withRemedies } from './relay';
export { reply } from './reply';
