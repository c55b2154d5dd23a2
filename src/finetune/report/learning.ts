/** A learning curve as the report shows it: what it advises, its points as a table, and its law as a line to be drawn. */

import type { Translate } from '../../inference/statusText';
import { adviceTexts } from '../learningCurve/advice';
import type { CurvePoint, LearningCurve, PowerLaw } from '../learningCurve/curve';
import { expectedLoss } from '../learningCurve/powerLaw';
import { formatCount, formatDuration, formatLoss } from '../panel/format';
import { type LearningShown, MAX_ROWS } from './protocol';

/** Places at which the law is drawn: it is no straight line where the loss is not drawn by its logarithm. */
const PLACES = 25;

export function learningShown(curve: LearningCurve, translate: Translate): LearningShown {
	const { points, fit, milliseconds } = curve;
	const law =
		fit.type === 'refused'
			? []
			: [
					translate(
						'Fitted by least squares: L(D) = (Dc / D)^α with α = {0}, ln Dc = {1}.',
						fit.alpha.toPrecision(3),
						fit.logCritical.toPrecision(3),
					),
				];
	const cost = translate('The two runs took {0}.', formatDuration(milliseconds / 1_000, translate));
	return {
		title: translate('Learning curve'),
		note: [...adviceTexts(curve, translate), ...law, cost].join(' '),
		heads: [translate('Data'), translate('Tokens'), translate('Held-out loss, nats per token')],
		rows: [
			...points
				.slice(0, MAX_ROWS - 1)
				.map(({ share, tokens, loss }) => [
					shareText(share, translate),
					formatCount(tokens),
					formatLoss(loss),
				]),
			...(fit.type === 'refused'
				? []
				: [
						[
							translate('Twice the code, expected'),
							formatCount(fit.doubled.tokens),
							formatLoss((points.at(-1)?.loss ?? 0) * 2 ** -fit.alpha),
						],
					]),
		],
		...drawn(points, fit.type === 'refused' ? undefined : fit),
	};
}

/** From the least data to twice of all, where a law is known. */
function drawn(
	points: readonly CurvePoint[],
	fit: PowerLaw | undefined,
): Pick<LearningShown, 'tokens' | 'measured' | 'law'> {
	const measured = new Map(points.map(({ tokens, loss }) => [tokens, loss]));
	const least = points[0]?.tokens ?? 1;
	const most = fit?.doubled.tokens ?? least;
	const places =
		fit === undefined
			? []
			: Array.from({ length: PLACES }, (_, at) => least * (most / least) ** (at / (PLACES - 1)));
	const tokens = [...new Set([...measured.keys(), ...places])].sort((one, other) => one - other);
	return {
		tokens,
		measured: tokens.map((at) => measured.get(at) ?? null),
		law: tokens.map((at) => (fit === undefined ? null : expectedLoss(fit, at))),
	};
}

function shareText(share: number, translate: Translate): string {
	switch (share) {
		case 0.25:
			return translate('A quarter');
		case 0.5:
			return translate('Half');
		case 1:
			return translate('All');
		default:
			return `${(share * 100).toFixed(0)} %`;
	}
}
