/** What a list says of a model before it is loaded: how fast it would be here, and what it needs. */

import { formatBytes, type Translate } from '../statusText';
import type { Fit } from './fit';

/** One or two phrases, joined by the sign that the lists use. */
export function describeFit(fit: Fit, translate: Translate): string {
	const needs = describeNeeds(fit, translate);
	return fit.fits ? [expectation(fit, translate), needs].join(' · ') : needs;
}

/** What it needs of the memory that there is. */
export function describeNeeds(
	{ memory, free, on, fits, contextSize, fullContext }: Fit,
	translate: Translate,
): string {
	const needs = formatBytes(on === 'gpu' ? memory.gpu : memory.host);
	if (!fits) {
		return translate('does not fit: needs {0}, {1} free', needs, formatBytes(free));
	}
	return contextSize < fullContext
		? translate(
				'needs {0} with a context of only {1} tokens, {2} free',
				needs,
				contextSize,
				formatBytes(free),
			)
		: translate('needs {0}, {1} free', needs, formatBytes(free));
}

function expectation({ expected, isRough, on }: Fit, translate: Translate): string {
	if (on === 'both') {
		return translate('in part on your GPU, which is slower');
	}
	if (expected === undefined) {
		return translate('speed unknown until a model ran here');
	}
	const first = formatMilliseconds(expected.warm);
	const rate = expected.perSecond < 10 ? expected.perSecond.toFixed(1) : Math.round(expected.perSecond);
	if (on === 'gpu') {
		return isRough
			? translate('roughly expected: {0} to first token, {1} tokens a second on your GPU', first, rate)
			: translate('expected: {0} to first token, {1} tokens a second on your GPU', first, rate);
	}
	return isRough
		? translate('roughly expected: {0} to first token, {1} tokens a second on your processor', first, rate)
		: translate('expected: {0} to first token, {1} tokens a second on your processor', first, rate);
}

/** For example `180 ms` or `2.4 s`. */
export function formatMilliseconds(milliseconds: number): string {
	return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
