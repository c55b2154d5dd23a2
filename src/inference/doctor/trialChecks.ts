/** Judges the trial completions: as fast as at load, text and not noise, and most of the prompt kept. */

import { hasInvisible } from '../invisible';
import type { ModelDescription } from '../model';
import type { Translate } from '../statusText';
import { advice, attention, commandHelps, type Finding, ok, wrong } from './check';
import type { Trial, TrialAnswer } from './trial';

/** Of the speed that was measured at load: below, something else has the machine. */
const SLOW = 0.4;
/** Tokens below which a speed says nothing. */
const FEW_TOKENS = 4;
/** Of the prompt's tokens that a keystroke must find evaluated. */
const LEAST_REUSE = 0.8;

export function completionFinding(
	answer: TrialAnswer,
	model: Pick<ModelDescription, 'decodeTokensPerSecond'>,
	translate: Translate,
): Finding {
	const name = translate('A completion');
	const help = commandHelps(translate);
	if (answer.type === 'unsupported') {
		return wrong(name, answer.reason, help.selectModel);
	}
	const { trial } = answer;
	const noise = whyNoText(trial.text, translate);
	if (noise !== undefined) {
		return wrong(name, noise, help.restart, help.selectModel);
	}
	if (trial.firstText === undefined) {
		return attention(name, translate('The model added nothing to a known text.'), help.selectModel);
	}
	const { generatedTokens, decodeMilliseconds, promptTokens, reusedTokens, prefillMilliseconds } =
		trial.statistics;
	const decode = generatedTokens / (decodeMilliseconds / 1_000);
	const seen = [
		Math.round(trial.firstText),
		promptTokens - reusedTokens,
		promptTokens,
		Math.round(prefillMilliseconds),
		generatedTokens,
		Number.isFinite(decode) ? Math.round(decode) : '–',
	];
	const measured =
		// Nobody measured a server's.
		model.decodeTokensPerSecond === 0
			? translate(
					'first text after {0} ms ({1} of {2} prompt tokens read in {3} ms), then {4} tokens at {5} a second',
					...seen,
				)
			: translate(
					'first text after {0} ms ({1} of {2} prompt tokens read in {3} ms), then {4} tokens at {5} a second; {6} at load',
					...seen,
					Math.round(model.decodeTokensPerSecond),
				);
	return generatedTokens >= FEW_TOKENS && decode < model.decodeTokensPerSecond * SLOW
		? attention(
				name,
				translate(
					'{0}. Much slower than at load: other programs, or a fine-tune, have the machine.',
					measured,
				),
				advice(translate('Close other programs.')),
				help.restart,
			)
		: ok(name, measured);
}

/** @param second the trial a keystroke after another. */
export function reuseFinding(second: Trial, translate: Translate): Finding {
	const { promptTokens, reusedTokens } = second.statistics;
	const share = promptTokens === 0 ? 0 : reusedTokens / promptTokens;
	const name = translate('The next keystroke');
	const measured = translate(
		'{0} of {1} prompt tokens were still known, first text after {2} ms',
		reusedTokens,
		promptTokens,
		second.firstText === undefined ? '–' : Math.round(second.firstText),
	);
	return share >= LEAST_REUSE
		? ok(name, measured)
		: attention(
				name,
				translate('{0}: every keystroke reads the file again.', measured),
				commandHelps(translate).restart,
				advice(translate('A chat or a completion may have come between: run the doctor again.')),
			);
}

/** Why it is noise; undefined where it looks like text. The text itself is never told. */
function whyNoText(text: string, translate: Translate): string | undefined {
	if (hasInvisible(text) || text.includes('\uFFFD')) {
		return translate('The model wrote characters that nobody can see.');
	}
	const letters = text.replace(/\s/g, '');
	return letters.length >= 8 && new Set(letters).size <= 2
		? translate('The model wrote the same character again and again.')
		: undefined;
}
