/** Opens VS Code's context menu for an element, below it: as a right click there would. */
export function openMenuAt(element: HTMLElement): void {
  const { left, bottom } = element.getBoundingClientRect();
  element.dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, composed: true, clientX: left, clientY: bottom }),
  );
}
