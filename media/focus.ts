/** Replacing controls without taking the keyboard away from who is on one of them. */

const CONTROLS = 'button, summary, a[href], [tabindex="0"]';

/**
 * Puts `children` in the place of what `container` holds. If one of its controls had the focus, the new one of the same name
 * gets it; where there is none by that name, the one at its place, or the last: who takes several things away one after the
 * other stays among them. What was unfolded stays unfolded.
 */
export function replaceControls(container: HTMLElement, ...children: readonly Node[]): void {
	const before = controlsOf(container);
	const at = before.findIndex((control) => control.matches(':focus'));
	const focused = before[at];
	const unfolded = unfoldedIn(container);
	container.replaceChildren(...children);
	for (const [name, details] of detailsOf(container)) {
		details.open = details.open || unfolded.has(name);
	}
	if (focused !== undefined) {
		const controls = controlsOf(container);
		const same = controls.find((control) => nameOf(control) === nameOf(focused));
		(same ?? controls[Math.min(at, controls.length - 1)])?.focus();
	}
}

function controlsOf(container: HTMLElement): HTMLElement[] {
	return [...container.querySelectorAll<HTMLElement>(CONTROLS)];
}

function nameOf(control: HTMLElement): string {
	return control.getAttribute('aria-label') ?? control.textContent ?? '';
}

function detailsOf(container: HTMLElement): [name: string, HTMLDetailsElement][] {
	return [...container.querySelectorAll('details')].map((details) => [details.className, details]);
}

function unfoldedIn(container: HTMLElement): ReadonlySet<string> {
	return new Set(
		detailsOf(container)
			.filter(([, details]) => details.open)
			.map(([name]) => name),
	);
}
