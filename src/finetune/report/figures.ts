/** The measures of a judgement as rows of text: base, adapter, and the difference with its interval. */

import type { Translate } from '../../inference/statusText';
import type { Compared, Interval, Judgement } from '../judge/judgement';

/** How a measure is written. */
interface Measure {
	readonly label: string;
	readonly compared: Compared;
	readonly format: (value: number) => string;
	/** Of the difference: with a sign. */
	readonly difference: (value: number) => string;
}

/** Nats, four digits after the point. */
export function nats(value: number): string {
	return value.toFixed(4);
}

/** A share of 0 to 1 as `12.3 %`. */
export function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

/** A difference of two shares in points: `+1.2`. */
export function points(difference: number): string {
	return signed(100 * difference, 1);
}

export function signed(value: number, digits: number): string {
	const text = Math.abs(value).toFixed(digits);
	return `${Number(text) === 0 ? '±' : value < 0 ? '−' : '+'}${text}`;
}

/** `+1.2 (−0.3 to +2.7)`. */
export function withInterval(
	{ value, low, high }: Interval,
	format: (value: number) => string,
	translate: Translate,
): string {
	return translate('{0} ({1} to {2})', format(value), format(low), format(high));
}

/** Every measure that was taken, the one that decides first. */
export function measuresOf(judgement: Judgement, translate: Translate): readonly Measure[] {
	const loss = (label: string, compared: Compared): Measure => ({
		label,
		compared,
		format: nats,
		difference: (value) => signed(value, 4),
	});
	const share = (label: string, compared: Compared): Measure => ({
		label,
		compared,
		format: percent,
		difference: points,
	});
	const plain = (label: string, compared: Compared, digits: number): Measure => ({
		label,
		compared,
		format: (value) => value.toFixed(digits),
		difference: (value) => signed(value, digits),
	});
	const { role, identifiers, syntax, general } = judgement;
	const isChat = role === 'chat';
	return [
		loss(translate('Loss, nats per token'), judgement.loss),
		share(isChat ? translate('The very answer') : translate('Exact match'), judgement.exact),
		share(isChat ? translate('Likeness (chrF)') : translate('Edit similarity'), judgement.similarity),
		...(identifiers === undefined ? [] : [share(translate('Identifiers (F1)'), identifiers)]),
		...(syntax === undefined ? [] : [share(translate('Valid syntax'), syntax)]),
		share(isChat ? translate('Empty or without an end') : translate('Ends too early'), judgement.premature),
		plain(translate('Length against the truth'), judgement.length, 2),
		...(general === undefined
			? []
			: [
					loss(
						isChat ? translate('Loss on general conversations') : translate('Loss on general code'),
						general,
					),
				]),
		plain(translate('Milliseconds a token'), judgement.latency, 2),
		share(translate('Training text word for word'), judgement.verbatim),
	];
}

/** Cells of a measure: label, base, adapter, difference with its interval. */
export function cellsOf({ label, compared, format, difference }: Measure, translate: Translate): string[] {
	return [
		label,
		format(compared.base),
		format(compared.adapter),
		withInterval(compared.difference, difference, translate),
	];
}
