/** Which model leaves memory so that another one fits: pure rules, without a process. */

import type { ModelRole } from '../model';

/** Milliseconds after its last request in which a completion model is not in the way of anything less important. */
const PROTECTED = 60_000;

/** The least important first. */
const ROLES: readonly ModelRole[] = ['embedding', 'chat', 'completion'];

/** A model that is in memory. */
export interface Resident {
	readonly role: ModelRole;
	/** Whether a request is under way. */
	readonly isBusy: boolean;
	/** Whether any session has chosen it. */
	readonly isWanted: boolean;
	/** Milliseconds of the clock, at its last request. */
	readonly usedAt: number;
}

/** The higher, the more important. */
export function importance(role: ModelRole): number {
	return ROLES.indexOf(role);
}

/** The most important of them; completion where there is none. */
export function foremost(roles: readonly ModelRole[]): ModelRole {
	return ROLES.findLast((role) => roles.includes(role)) ?? 'completion';
}

/**
 * The one to free for a model of role `wanted`: an idle one that nobody wants, else the least important, else the one
 * that was not used for longest. A completion model that was used a moment ago makes room for others only where
 * nothing else can.
 * @param now of the same clock. @returns `wait` where it takes a busy one; undefined where there is none at all.
 */
export function nextToLeave<One extends Resident>(
	wanted: ModelRole,
	residents: readonly One[],
	now: number,
): One | 'wait' | undefined {
	const isProtected = ({ role, usedAt }: Resident) =>
		role === 'completion' && wanted !== 'completion' && now - usedAt < PROTECTED;
	const ordered = [...residents].sort(
		(one, other) =>
			Number(isProtected(one)) - Number(isProtected(other)) ||
			Number(one.isWanted) - Number(other.isWanted) ||
			importance(one.role) - importance(other.role) ||
			one.usedAt - other.usedAt,
	);
	const free = ordered.filter((one) => !isProtected(one));
	return (
		free.find(({ isBusy }) => !isBusy) ??
		(free.length > 0
			? 'wait'
			: (ordered.find(({ isBusy }) => !isBusy) ?? (ordered.length > 0 ? 'wait' : undefined)))
	);
}
