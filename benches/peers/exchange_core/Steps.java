import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.MatcherEventType;
import exchange.core2.core.common.MatcherTradeEvent;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.SymbolType;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.cmd.OrderCommandType;
import exchange.core2.core.common.config.ExchangeConfiguration;
import exchange.core2.core.common.config.InitialStateConfiguration;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.common.config.OrdersProcessingConfiguration;
import exchange.core2.core.common.config.PerformanceConfiguration;
import exchange.core2.core.common.config.ReportsQueriesConfiguration;
import exchange.core2.core.common.config.SerializationConfiguration;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import exchange.core2.core.processors.MatchingEngineRouter;
import exchange.core2.core.processors.RiskEngine;
import exchange.core2.core.processors.SharedPool;
import exchange.core2.core.processors.journaling.DummySerializationProcessor;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.StringTokenizer;

/**
 * Runs the steps of the published workload through exchange-core, without its journal.
 *
 * <p>Its risk engine, its fast order book and its risk engine's second half are called one after the other for each
 * command, on one thread: no queue, no hand-over. Each pass starts with an empty exchange; the first ones warm the
 * compiler up and are not written.
 */
public final class Steps {
    private static final int SYMBOL = 1;
    private static final int BASE = 1;
    private static final int QUOTE = 2;
    /** Its balances are 64 bits; so much in lots and in ticks times lots that nobody runs dry. */
    private static final long FUNDS = 1L << 50;

    private int users;
    private int opening;
    private long highest;
    private char[] kinds;
    private long[][] fields;

    private long trades;
    private long lots;
    private long worth;
    private long refused;

    public static void main(final String[] arguments) {
        try {
            measure(arguments);
            System.exit(0);
        } catch (final Exception | LinkageError failure) {
            // Threads it may have started would keep the process alive.
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void measure(final String[] arguments) throws Exception {
        final Steps steps = new Steps();
        steps.read(arguments[0]);
        final int warming = Integer.parseInt(arguments[1]);
        final int passes = Integer.parseInt(arguments[2]);
        for (int pass = 0; pass < warming + passes; pass++) {
            System.gc();
            final double[] seconds = steps.pass();
            if (steps.refused > 0) {
                throw new IllegalStateException(steps.refused + " commands were refused");
            }
            if (pass >= warming) {
                System.out.printf(Locale.ROOT,
                        "{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"trades\": %d, \"lots\": %d, \"worth\": %d}%n",
                        seconds[0], seconds[1], steps.trades, steps.lots, steps.worth);
            }
        }
    }

    private void read(final String path) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(Paths.get(path))) {
            final StringTokenizer head = new StringTokenizer(reader.readLine());
            users = Integer.parseInt(head.nextToken());
            opening = Integer.parseInt(head.nextToken());
            final int count = opening + Integer.parseInt(head.nextToken());
            head.nextToken();
            highest = Long.parseLong(head.nextToken());
            kinds = new char[count];
            fields = new long[count][5];
            for (int i = 0; i < count; i++) {
                final StringTokenizer line = new StringTokenizer(reader.readLine());
                kinds[i] = line.nextToken().charAt(0);
                for (int field = 0; field < 5; field++) {
                    fields[i][field] = Long.parseLong(line.nextToken());
                }
            }
        }
    }

    private static CoreSymbolSpecification symbol() {
        return CoreSymbolSpecification.builder().symbolId(SYMBOL).type(SymbolType.CURRENCY_EXCHANGE_PAIR)
                .baseCurrency(BASE).quoteCurrency(QUOTE).baseScaleK(1).quoteScaleK(1).makerFee(1).takerFee(1).build();
    }

    private static ExchangeConfiguration configuration() {
        return ExchangeConfiguration.builder()
                .initStateCfg(InitialStateConfiguration.CLEAN_TEST)
                .performanceCfg(PerformanceConfiguration.throughputPerformanceBuilder().build())
                .reportsQueriesCfg(ReportsQueriesConfiguration.DEFAULT)
                .ordersProcessingCfg(OrdersProcessingConfiguration.DEFAULT)
                .loggingCfg(LoggingConfiguration.DEFAULT)
                .serializationCfg(SerializationConfiguration.DEFAULT)
                .build();
    }

    private void note(final OrderCommand command) {
        if (command.resultCode != CommandResultCode.SUCCESS) {
            refused++;
        }
        for (MatcherTradeEvent event = command.matcherEvent; event != null; event = event.nextEvent) {
            if (event.eventType == MatcherEventType.TRADE) {
                trades++;
                lots += event.size;
                worth += event.size * event.price;
            }
        }
    }

    private void forget() {
        trades = 0;
        lots = 0;
        worth = 0;
        refused = 0;
    }

    private static double[] clocks() {
        final com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new double[] {System.nanoTime() / 1e9, system.getProcessCpuTime() / 1e9};
    }

    private static double[] since(final double[] before) {
        final double[] now = clocks();
        return new double[] {now[0] - before[0], now[1] - before[1]};
    }

    private double[] pass() throws Exception {
        forget();
        final ExchangeConfiguration configuration = configuration();
        final SharedPool pool = new SharedPool(64, 16, 1);
        final MatchingEngineRouter matching = new MatchingEngineRouter(
                0, 1, DummySerializationProcessor.INSTANCE, OrderBookDirectImpl::new, pool, configuration);
        final RiskEngine risk = new RiskEngine(0, 1, DummySerializationProcessor.INSTANCE, pool, configuration);
        final Method list = MatchingEngineRouter.class.getDeclaredMethod("addSymbol", CoreSymbolSpecification.class);
        list.setAccessible(true);
        list.invoke(matching, symbol());
        risk.getSymbolSpecificationProvider().addSymbol(symbol());
        for (int user = 1; user <= users; user++) {
            risk.getUserProfileService().addEmptyUserProfile(user);
            risk.getUserProfileService().balanceAdjustment(user, BASE, FUNDS, 1);
            risk.getUserProfileService().balanceAdjustment(user, QUOTE, FUNDS, 2);
        }
        final OrderCommand command = new OrderCommand();
        for (int i = 0; i < opening; i++) {
            run(risk, matching, command, i);
        }
        final double[] before = clocks();
        for (int i = opening; i < kinds.length; i++) {
            run(risk, matching, command, i);
        }
        return since(before);
    }

    private void run(
            final RiskEngine risk, final MatchingEngineRouter matching, final OrderCommand command, final int i) {
        fill(command, i);
        risk.preProcessCommand(i, command);
        matching.processOrder(i, command);
        risk.handlerRiskRelease(i, command);
        note(command);
    }

    private void fill(final OrderCommand command, final int i) {
        final long[] field = fields[i];
        command.symbol = SYMBOL;
        command.orderId = field[0];
        command.uid = field[1] + 1;
        command.price = field[3];
        command.size = field[4];
        command.matcherEvent = null;
        command.marketData = null;
        command.serviceFlags = 0;
        command.resultCode = CommandResultCode.NEW;
        switch (kinds[i]) {
            case 'M':
                command.command = OrderCommandType.MOVE_ORDER;
                break;
            case 'C':
                command.command = OrderCommandType.CANCEL_ORDER;
                break;
            case 'R':
                command.command = OrderCommandType.REDUCE_ORDER;
                break;
            default:
                final boolean isBid = field[2] == 0;
                command.command = OrderCommandType.PLACE_ORDER;
                command.action = isBid ? OrderAction.BID : OrderAction.ASK;
                command.orderType = type(kinds[i]);
                command.price = price(i);
                command.reserveBidPrice = reserve(i);
        }
    }

    private static OrderType type(final char kind) {
        return kind == 'G' ? OrderType.GTC : kind == 'I' ? OrderType.IOC : OrderType.FOK_BUDGET;
    }

    /** Of an order that trades all or nothing, what it may pay for the whole. */
    private long price(final int i) {
        return type(kinds[i]) == OrderType.FOK_BUDGET ? fields[i][3] * fields[i][4] : fields[i][3];
    }

    private long reserve(final int i) {
        final boolean isBid = fields[i][2] == 0;
        return type(kinds[i]) == OrderType.FOK_BUDGET ? price(i) : isBid ? highest : 0;
    }
}
