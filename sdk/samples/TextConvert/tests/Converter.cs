using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;

namespace Acme.TextConvert.Tests;

/// <summary>In place of the plugin that calls services in qubes: says what a disposable would have answered.</summary>
internal sealed class Converter : IGuestServices
{
    /// <summary>What was called: <c>QUBE SERVICE DOCUMENT</c>.</summary>
    public List<string> Calls { get; } = [];

    public Func<CancellationToken, Task<GuestServiceResult>> Answer { get; set; } = _ => Text("text\n"u8.ToArray());

    public static Task<GuestServiceResult> Text(byte[] output, int exitCode = 0) =>
        Task.FromResult(new GuestServiceResult(exitCode, output) { Error = "why\u001b[2J"u8.ToArray() });

    public Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        Assert.Equal(PowerState.Running, qube.PowerState);
        Calls.Add($"{qube.Name} {service} {Encoding.UTF8.GetString(input.Span)}");
        return Answer(cancel);
    }
}
