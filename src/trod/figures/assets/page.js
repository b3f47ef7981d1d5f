(() => {
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const data = JSON.parse($('#data').textContent);
  const root = document.documentElement;
  const tip = $('#tip');
  const drawer = $('#drawer');
  const el = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };

  // Tips: hover and focus show the same words.
  const tipped = e => e.target.closest && e.target.closest('[data-t]');
  const show = (mark, x, y) => {
    const [title, facts, note] = data.tips[mark.dataset.t];
    const list = el('dl');
    for (const [name, value] of facts) list.append(el('dt', name), el('dd', value));
    tip.replaceChildren(el('b', title));
    if (facts.length) tip.append(list);
    if (note) tip.append(el('p', note));
    tip.classList.add('on');
    const box = mark.getBoundingClientRect();
    const px = x ?? box.left + Math.min(box.width / 2, 120);
    const py = y ?? box.bottom - 12;
    const below = py + 18 + tip.offsetHeight <= innerHeight;
    tip.style.left = Math.min(innerWidth - tip.offsetWidth - 8, Math.max(8, px + 14)) + 'px';
    tip.style.top = Math.max(8, below ? py + 18 : (y ?? box.top) - tip.offsetHeight - 12) + 'px';
  };
  const hide = () => tip.classList.remove('on');
  document.addEventListener('mousemove', e => {
    const mark = tipped(e);
    mark ? show(mark, e.clientX, e.clientY) : hide();
  });
  document.addEventListener('focusin', e => {
    const mark = tipped(e);
    mark && mark.matches(':focus-visible') ? show(mark) : hide();
  });
  addEventListener('scroll', hide, true);

  // Drawer: what stands behind a number. The address names it, so that back and links work.
  let opener = null;
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const day = iso => {
    const [, year, month, date] = iso.match(/^(\d{4})-(\d\d)-(\d\d)/) || [];
    return date ? `${+date} ${months[month - 1]} ${year}` : iso;
  };
  const quote = key => "'" + key.replaceAll("'", `'"'"'`) + "'";
  const command = (key, total, shown) => {
    const box = el('div', shown < total ? 'All ' + total.toLocaleString('en-US') + ' of them:' : 'The same list for other tools:', 'cmd');
    box.append(el('code', 'trod export customers --where ' + quote(key) + data.options));
    return box;
  };
  const rows = list => {
    const valued = list.some(row => row[3]);
    const table = el('table');
    const head = table.createTHead().insertRow();
    const names = [data.one, 'Last touchpoint', 'On', ...(valued ? ['Value'] : [])];
    names.forEach((name, i) => {
      const th = el('th', name, i === 3 ? 'n' : '');
      th.scope = 'col';
      head.append(th);
    });
    const body = table.createTBody();
    for (const row of list) {
      const tr = body.insertRow();
      row.slice(0, names.length).forEach((text, i) => {
        const td = el('td', undefined, i === 3 ? 'n' : '');
        td.append(el('bdi', text));
        tr.append(td);
      });
    }
    return table;
  };
  const open = key => {
    const drill = data.drills[key];
    if (!drill) return close(false);
    const [title, meaning, total] = drill;
    const heading = el('h2', title);
    heading.id = 'drawer-title';
    const top = el('div', undefined, 'dh');
    const shut = $('#shut').content.cloneNode(true);
    top.append(heading, shut);
    const word = total === 1 ? data.one.toLowerCase() : data.unit;
    drawer.replaceChildren(top, el('div', total.toLocaleString('en-US') + ' ' + word, 'tot'), el('p', meaning, 'mean'));
    const more = data.more[key];
    if (more) {
      const list = el('dl');
      for (const [name, value] of more) list.append(el('dt', name), el('dd', value));
      drawer.append(list);
    }
    const list = (data.lists[key] || []).map(i => {
      const [who, last, on, value] = data.rows[i];
      return [who, data.names[last], day(on), value];
    });
    if (list.length) drawer.append(rows(list));
    if (list.length && list.length < total) drawer.append(el('p', 'The first ' + list.length.toLocaleString('en-US') + ' are shown.', 'cmd'));
    if (total) drawer.append(command(key, total, list.length));
    if (!drawer.classList.contains('on')) opener = opener || document.activeElement;
    drawer.classList.add('on');
    drawer.scrollTop = 0;
    drawer.focus();
    hide();
  };
  const close = back => {
    if (!drawer.classList.contains('on')) return;
    drawer.classList.remove('on');
    if (back && opener && opener.isConnected) opener.focus();
    opener = null;
  };
  const shut = () => {
    history.pushState(null, '', location.pathname + location.search);
    close(true);
  };
  const route = () => {
    const found = location.hash.match(/^#drill=(.+)$/);
    let key = '';
    try { key = found ? decodeURIComponent(found[1]) : ''; } catch { key = ''; }
    key ? open(key) : close(true);
  };
  document.addEventListener('click', e => {
    const link = e.target.closest('a[href^="#drill="]');
    if (link) {
      opener = link;
      if (link.getAttribute('href') === location.hash) route();
    } else if (e.target.closest('[data-close]')) shut();
  });
  addEventListener('keydown', e => {
    if (e.key !== 'Escape') return;
    hide();
    if (drawer.classList.contains('on')) shut();
  });
  addEventListener('hashchange', route);

  // One tab stop for a chart, arrows inside; what is not drawn is passed over.
  const resets = new Map();
  for (const chart of $$('[data-rove]')) {
    const all = $$('.m', chart);
    const seen = () => all.filter(mark => mark.checkVisibility());
    const stop = mark => { for (const each of all) each.setAttribute('tabindex', each === mark ? 0 : -1); };
    resets.set(chart, () => stop(seen()[0] || all[0]));
    stop(all[0]);
    chart.addEventListener('keydown', e => {
      const marks = seen();
      const i = marks.indexOf(document.activeElement);
      if (i < 0) return;
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      const to = e.key === 'Home' ? 0 : e.key === 'End' ? marks.length - 1 : way && (i + way + marks.length) % marks.length;
      if (to === undefined) return;
      e.preventDefault();
      stop(marks[to]);
      marks[to].focus();
    });
  }

  // Detail: more or fewer lines; nothing moves.
  for (const choice of $$('[data-detail]')) {
    const words = choice.dataset.detail.split('|');
    const input = $('input', choice);
    const chart = $('svg[data-l]', choice.closest('.card'));
    for (const part of $$('[hidden]', choice)) part.hidden = false;
    const set = () => {
      chart.dataset.l = input.value;
      $('output', choice).textContent = words[input.value];
      input.setAttribute('aria-valuetext', words[input.value]);
      resets.get(chart)();
    };
    input.addEventListener('input', set);
    set();
  }

  // A part that scrolls sideways is a tab stop; one that does not is none.
  const stops = () => {
    for (const part of $$('[data-scroll]')) part.tabIndex = part.scrollWidth > part.clientWidth + 1 ? 0 : -1;
  };
  for (const fold of $$('details')) fold.addEventListener('toggle', stops);
  addEventListener('resize', stops);
  stops();

  // Paths: a node lights everything that leads to it and from it.
  for (const chart of $$('[data-paths]')) {
    const ribs = $$('.rib', chart).map(mark => [mark, ...mark.getAttribute('class').match(/k(\d+)-(\d+)/).slice(1).map(Number)]);
    const light = index => {
      const on = new Set([index]);
      const lit = new Set();
      for (const [from, to] of [[1, 2], [2, 1]]) {
        const queue = [index];
        while (queue.length) {
          const at = queue.pop();
          for (const rib of ribs) if (rib[from] === at && !lit.has(rib)) { lit.add(rib); on.add(rib[to]); queue.push(rib[to]); }
        }
      }
      chart.classList.add('dim');
      for (const rib of ribs) rib[0].classList.toggle('on', lit.has(rib));
      for (const node of $$('.node', chart)) node.classList.toggle('on', on.has(+node.getAttribute('class').match(/n(\d+)/)[1]));
    };
    for (const node of $$('.node', chart)) {
      const index = +node.getAttribute('class').match(/n(\d+)/)[1];
      for (const name of ['mouseenter', 'focus']) node.addEventListener(name, () => light(index));
      for (const name of ['mouseleave', 'blur']) node.addEventListener(name, () => chart.classList.remove('dim'));
    }
  }

  // Light or dark: as the system has it, until somebody says otherwise.
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches;
  try { const kept = localStorage.getItem('trod-theme'); if (kept && root.dataset.auto !== undefined) root.dataset.theme = kept; } catch { /* no storage: the system decides */ }
  $('#theme').addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('trod-theme', root.dataset.theme); } catch { /* not kept */ }
  });
  route();
})();
