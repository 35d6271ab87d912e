const SHARE = 0.5;
const LASTING_MS = 1000;

/**
 * Calls once, when at least half of an element has been visible for one second on end (in a visible tab); answers how to stop
 * watching. Times are those of the frames that were shown, so a busy page neither makes nor loses an impression.
 */
export function observeImpression(element: Element, onImpression: () => void): () => void {
  let sinceMs: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = (): void => {
    // A new observation answers with what the next frame shows.
    observer.unobserve(element);
    observer.observe(element);
  };
  const onVisibility = (): void => {
    if (document.visibilityState === 'hidden') sinceMs = undefined;
    look();
  };
  const stop = (): void => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener('visibilitychange', onVisibility);
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { intersectionRatio, isIntersecting, time } of entries) {
      clearTimeout(timer);
      if (!isIntersecting || intersectionRatio < SHARE || document.visibilityState === 'hidden') {
        sinceMs = undefined;
        continue;
      }
      sinceMs ??= time;
      if (time - sinceMs >= LASTING_MS) {
        stop();
        onImpression();
        return;
      }
      timer = setTimeout(look, sinceMs + LASTING_MS - time);
    }
  }, { threshold: SHARE });

  document.addEventListener('visibilitychange', onVisibility);
  observer.observe(element);
  return stop;
}
