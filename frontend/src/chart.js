// Draws charts with the parts of ECharts that the product uses, in the colours of the design.
import { BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreemapChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreemapChart]);
use([AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

const COLOURS = ["#17407a", "#5b86b8", "#1d7a46", "#d8a64a", "#b8261b", "#55606e", "#7a5fa0", "#2f8f9d"];

function theme(element) {
  const style = getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  const axis = { axisLabel: { fontSize: size * 0.87, color: "#55606e" }, splitLine: { lineStyle: { color: "#e8ebef" } }, axisLine: { lineStyle: { color: "#c4ccd6" } } };
  return {
    color: COLOURS,
    textStyle: { fontFamily: style.fontFamily, fontSize: size, color: "#1b2430" },
    legend: { textStyle: { fontSize: size * 0.87, color: "#55606e" }, icon: "rect", itemWidth: 12, itemHeight: 12 },
    categoryAxis: { ...axis, axisTick: { show: false } },
    valueAxis: axis,
    timeAxis: axis,
    line: { symbol: "circle", symbolSize: 6, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 28 },
  };
}

// Names one below the other: each is written, in a column that leaves the bars most of a narrow screen.
function fitNames(element, option) {
  const axis = option.yAxis;
  if (axis?.type !== "category") return;
  const width = element.clientWidth, bars = (option.series || []).filter((one) => one.type === "bar" && !one.stack).length || 1;
  const label = { overflow: "truncate", ...axis.axisLabel, interval: 0 };
  if (width < 480) Object.assign(label, { width: Math.round(width * 0.32), overflow: "break", lineHeight: 16 });
  axis.axisLabel = label;
  const needed = axis.data.length * Math.max(bars * 10 + 12, width < 480 ? 36 : 24) + 48;
  if (needed > element.clientHeight) element.style.height = `${needed}px`;
}

function draw(element) {
  const option = JSON.parse(element.dataset.chart);
  fitNames(element, option);
  const chart = init(element, theme(element), { renderer: "canvas" });
  // Tooltips are drawn on the canvas: HTML ones would need inline styles.
  const tooltip = { trigger: "axis", ...option.tooltip, renderMode: "richText", confine: true };
  const legend = option.legend ? { legend: { top: 0, right: 0, ...option.legend } } : {};
  chart.setOption({ animation: false, grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true }, ...option, ...legend, tooltip });
  new ResizeObserver(() => chart.resize()).observe(element);
  element.dataset.drawn = "1";
}

window.jingkai = window.jingkai || {};
window.jingkai.chart = draw;
