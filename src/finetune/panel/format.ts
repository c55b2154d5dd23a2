/** Numbers of a run as people read them. */

import type { Translate } from '../../inference/statusText';

/** Rounded to what matters: `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number, translate: Translate): string {
	const whole = Math.max(0, Math.round(seconds));
	if (whole < 60) {
		return translate('{0} s', whole);
	}
	const minutes = Math.round(whole / 60);
	if (minutes < 60) {
		return translate('{0} min', minutes);
	}
	const hours = Math.floor(minutes / 60);
	return hours < 48
		? translate('{0} h {1} min', hours, minutes % 60)
		: translate('{0} d {1} h', Math.floor(hours / 24), hours % 24);
}

/** Thousands apart: `1,234,567`. */
export function formatCount(count: number): string {
	return Math.round(count).toLocaleString('en-US');
}

/** Nats, four digits after the point: runs differ in the third. */
export function formatLoss(loss: number): string {
	return loss.toFixed(4);
}

/** How many tokens the model is torn between, on average: e to the loss. */
export function formatPerplexity(loss: number): string {
	return Math.exp(loss).toFixed(2);
}

/** For example `−12.3 %`. */
export function formatChange(before: number, after: number): string {
	const percent = before === 0 ? 0 : ((after - before) / Math.abs(before)) * 100;
	const digits = Math.abs(percent).toFixed(1);
	return Number(digits) === 0 ? '±0.0 %' : `${percent < 0 ? '−' : '+'}${digits} %`;
}

/** A strength as in menus: `75 %`. */
export function formatStrength(scale: number): string {
	return `${Math.round(scale * 100)} %`;
}
