/** The line below an answer that says how full the model's context was, and what had to stay out. */

import type { ChatTexts } from '../src/chat/textKeys';
import type { ContextUse } from '../src/chat/turn';

/** Puts values into the places `{0}`, `{1}` of a text. */
export function fill(text: string, ...values: readonly string[]): string {
	return text.replace(/\{(\d)\}/g, (place, index: string) => values[Number(index)] ?? place);
}

/** What was left out, or summarised, follows the tokens. `language`: of the user's interface; empty where it is not known. */
export function usageLine(usage: ContextUse, texts: ChatTexts, language: string): string {
	const number = new Intl.NumberFormat(language === '' ? undefined : language);
	const several = (count: number, one: string, more: string) =>
		count === 0 ? [] : [count === 1 ? one : fill(more, number.format(count))];
	const { unsummarised } = usage;
	const why = unsummarised === undefined ? '' : ` (${texts[`unsummarised.${unsummarised}`]})`;
	return [
		fill(texts.usage, number.format(usage.used), number.format(usage.size)),
		...several(usage.summary?.exchanges ?? 0, texts.summarisedOne, texts.summarised),
		...several(usage.leftOut, texts.leftOutOne, texts.leftOut).map((line) => line + why),
		...several(usage.linesCut, texts.linesCutOne, texts.linesCut),
	].join('; ');
}
