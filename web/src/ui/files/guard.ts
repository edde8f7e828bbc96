function guard(e: DragEvent): void {
  if (e.defaultPrevented || !e.dataTransfer?.types.includes('Files')) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = 'none';
}

/** A file that is dropped where nothing takes it would be opened by the browser, in place of the page. */
export function guardDrops(): void {
  window.addEventListener('dragover', guard);
  window.addEventListener('drop', guard);
}
