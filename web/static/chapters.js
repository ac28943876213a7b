// A chapter's link moves the player of its page; without JavaScript it opens the sound at that time.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-seek]");
  const player = link && document.querySelector(".enclosures audio");
  if (!player || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const seek = () => { player.currentTime = Number(link.dataset.seek); };
  if (player.readyState) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
  player.play().catch(() => player.load());
});
