/** Plain numbers as the tokens that node-llama-cpp's types ask for. */

import type { Token } from 'node-llama-cpp';

export function asTokens(tokens: readonly number[]): Token[] {
	return tokens.filter(isToken);
}

function isToken(value: number): value is Token {
	return Number.isInteger(value) && value >= 0;
}
