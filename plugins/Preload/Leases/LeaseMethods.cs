using System.Globalization;
using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Leases;

// Lease:   payload = "count=" number                 ; number = nonzero *3DIGIT, at most 1000
//          answer  = id                              ; 32 hexadecimal digits
// Next:    argument = id, payload = [ "uuid" ]
//          answer  = name | "uuid:" uuid | ""        ; nothing: none within 20 s, ask again
// Status:  argument = id
//          answer  = "count=" n SP "given=" n SP "waiting=" n SP "position=" n [ SP "wait_ms=" n ]
// End:     argument = id, answer = ""
/// <summary>
/// Batches of disposables for clients with one request a connection: our extension, no part of the reference's Admin API. All are called at
/// the disposable template, or at the host for the caller's <c>default_dispvm</c>. Whoever may not call
/// <c>admin.vm.CreateDisposable</c> there gets nothing here.
/// </summary>
internal sealed class LeaseMethods(HeldLeases leases, IEventBus events, TimeProvider time) : IAdminMethodProvider
{
    public const string Name = "admin.vm.disposable.Lease";

    /// <summary>A call that waits longer is answered with nothing: so it is known that its client is there.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private const int MostDigits = 4;

    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod(Name, AdminDestination.Any, Presence.Forbidden, Presence.Required, Begin),
        new AnsweringMethod(Name + ".Next", AdminDestination.Any, Presence.Required, Presence.Optional, NextAsync),
        new AnsweringMethod(Name + ".Status", AdminDestination.Any, Presence.Required, Presence.Forbidden, StatusAsync),
        new AnsweringMethod(Name + ".End", AdminDestination.Any, Presence.Required, Presence.Forbidden, EndAsync),
    ];

    private ValueTask<AdminAnswer> Begin(AdminCall call, CancellationToken cancel)
    {
        RequireMayCreate(call);
        return new(leases.Begin(new(TemplateOf(call), call.Source), call.Destination, CountIn(call.Payload.Span)));
    }

    private async ValueTask<AdminAnswer> NextAsync(AdminCall call, CancellationToken cancel)
    {
        var asUuid = call.Payload.Span.SequenceEqual("uuid"u8);
        if (!asUuid && !call.Payload.IsEmpty)
            throw new ProtocolException("unexpected payload: expected nothing or uuid");
        RequireMayCreate(call);
        return await leases.WithAsync(call.Argument, call.Source, call.Destination, async lease =>
        {
            using var patience = new CancellationTokenSource(LongestWait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
            try
            {
                var disposable = await lease.NextAsync(either.Token);
                return asUuid ? $"uuid:{disposable.Uuid:D}" : disposable.Name;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return "";
            }
        });
    }

    private async ValueTask<AdminAnswer> StatusAsync(AdminCall call, CancellationToken cancel) =>
        await leases.WithAsync(call.Argument, call.Source, call.Destination, lease => Task.FromResult(Text(lease.Standing)));

    private async ValueTask<AdminAnswer> EndAsync(AdminCall call, CancellationToken cancel) =>
        await leases.WithAsync(call.Argument, call.Source, call.Destination, lease =>
        {
            lease.End();
            return Task.FromResult("");
        });

    private static string Text(LeaseStanding standing)
    {
        var text = $"count={standing.Count} given={standing.Given} waiting={standing.Waiting} position={standing.Position}";
        return standing.Wait is { } wait ? string.Create(CultureInfo.InvariantCulture, $"{text} wait_ms={wait.TotalMilliseconds:0}") : text;
    }

    // Who forbids the one forbids the other, and may change its mind between two.
    private void RequireMayCreate(AdminCall call) =>
        events.Fire(new AdminPermission(call.Source, "admin.vm.CreateDisposable", call.Destination, "", default));

    /// <exception cref="ProtocolException">The payload is no count.</exception>
    private static int CountIn(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("count="u8) && payload["count=".Length..] is { Length: > 0 and <= MostDigits } digits
            && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && digits[0] != '0')
            return int.Parse(digits, CultureInfo.InvariantCulture);
        throw new ProtocolException($"unexpected payload: expected count= and a number from 1 to {BatchLeases.MostCount}");
    }

    private static IQube TemplateOf(AdminCall call) => call.Destination.Class == QubeClass.AdminVM
        ? call.Source.Properties.Get(QubeProperties.DefaultDispvm)
            ?? throw new QubesException($"'{call.Source.Name}' has no default_dispvm: name a disposable template.")
        : call.Destination;
}
