using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Rpc;
using Qubes.Sdk.Testing.Domains;
using Qubes.Sdk.Testing.Plugins;

namespace Acme.TextConvert.Tests;

public sealed class ConversionTests : IAsyncLifetime
{
    private readonly PluginTestHost host = new() { Settings = { ["most-megabytes"] = "1", ["deadline-seconds"] = "5" } };
    private readonly Converter converter = new();
    private readonly MemoryStream output = new();
    private readonly MemoryStream error = new();
    private SimulatedQube work = null!;

    private string Output => Encoding.UTF8.GetString(output.ToArray());

    private string Error => Encoding.UTF8.GetString(error.ToArray());

    public async Task InitializeAsync()
    {
        var template = host.Qubes.Add("viewer-dvm");
        template.Properties.Set(QubeProperties.TemplateForDispvms, true);
        work = host.Qubes.Add("work");
        work.Properties.Set(QubeProperties.DefaultDispvm, template);
        host.Extensions.Add(converter);
        await host.StartAsync(new TextConvertPlugin());
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_document_becomes_text_in_a_disposable_that_is_gone_afterwards()
    {
        Assert.Equal(0, await ConvertAsync("%PDF"u8.ToArray()));

        Assert.Equal("text\n", Output);
        Assert.Equal(["disp1 acme.TextConvert %PDF"], converter.Calls);
        AssertNoDisposable();
    }

    [Fact]
    public async Task Each_document_gets_a_disposable_of_its_own()
    {
        await ConvertAsync("one"u8.ToArray());
        await ConvertAsync("two"u8.ToArray());

        Assert.Equal(["disp1 acme.TextConvert one", "disp2 acme.TextConvert two"], converter.Calls);
    }

    [Theory]
    [InlineData("a\u001b[2Jb", "a\ufffd[2Jb")]
    [InlineData("left\u202eright", "left\ufffdright")]
    [InlineData("two\nlines\tand ä", "two\nlines\tand ä")]
    public async Task What_comes_back_is_harmless_text(string hostile, string harmless)
    {
        converter.Answer = _ => Converter.Text(Encoding.UTF8.GetBytes(hostile));

        await ConvertAsync("%PDF"u8.ToArray());

        Assert.Equal(harmless, Output);
    }

    [Fact]
    public async Task Broken_utf8_is_replaced()
    {
        converter.Answer = _ => Converter.Text([(byte)'a', 0xc3, (byte)'b', 0xff]);

        await ConvertAsync("%PDF"u8.ToArray());

        Assert.Equal("a\ufffdb\ufffd", Output);
    }

    [Fact]
    public async Task A_converter_that_fails_gives_no_text_and_leaves_nothing()
    {
        converter.Answer = _ => Converter.Text("half"u8.ToArray(), exitCode: 3);

        Assert.Equal(1, await ConvertAsync("%PDF"u8.ToArray()));

        Assert.Equal(("", "work: the converter ended with 3: why\ufffd[2J\n"), (Output, Error));
        AssertNoDisposable();
    }

    [Fact]
    public async Task A_document_that_is_too_long_costs_no_disposable()
    {
        Assert.Equal(1, await ConvertAsync(new byte[(1 << 20) + 1]));

        Assert.Equal("work: the document is longer than 1048576 bytes\n", Error);
        Assert.Empty(converter.Calls);
    }

    [Fact]
    public async Task A_conversion_that_takes_too_long_is_ended()
    {
        converter.Answer = cancel => Task.Delay(Timeout.InfiniteTimeSpan, host.Time, cancel)
            .ContinueWith<GuestServiceResult>(_ => throw new OperationCanceledException(cancel), TaskScheduler.Default);

        var conversion = ConvertAsync("%PDF"u8.ToArray());
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, await conversion);
        Assert.Equal("work: the conversion took longer than 5 s\n", Error);
        AssertNoDisposable();
    }

    [Fact]
    public async Task A_disposable_that_does_not_start_is_gone_too()
    {
        host.Events.Subscribe<Qubes.Sdk.Events.QubeStarting>(_ => throw new QubesException("not now"));

        Assert.Equal(1, await ConvertAsync("%PDF"u8.ToArray()));

        Assert.Equal("work: not now\n", Error);
        AssertNoDisposable();
    }

    private Task<int> ConvertAsync(byte[] document) => host.Get<IRpcService>().ServeAsync(
        new RpcCall("work", work, Argument: null, "dom0", new MemoryStream(document), output, error), CancellationToken.None);

    private void AssertNoDisposable() => Assert.DoesNotContain(host.Qubes, q => q.Class == QubeClass.DispVM);
}
