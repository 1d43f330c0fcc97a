using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Devices;

/// <summary>
/// <c>admin.vm.device.denied.*</c>: which kinds of devices a qube may never be given by hand, kept in its property
/// <c>devices_denied</c> (spec: Admin API, section 7.6; domain model, section 3).
/// </summary>
internal sealed class DeniedDeviceMethods : IAdminMethodProvider
{
    private const string Property = "devices_denied";
    private const int CodeLength = 7;

    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.vm.device.denied.List", AdminDestination.Any, c => string.Join('\n', Denied(c))),
        Method.Do("admin.vm.device.denied.Add", AdminDestination.Any, Presence.Forbidden, Presence.Optional,
            c => Write(c, Denied(c).Union(Codes(c)))),
        Method.Do("admin.vm.device.denied.Remove", AdminDestination.Any, Presence.Forbidden, Presence.Optional, Remove),
    ];

    private static void Remove(AdminCall call)
    {
        if (call.Payload.Span.SequenceEqual("all"u8))
        {
            Write(call, []);
            return;
        }
        string[] denied = Denied(call), lifted = Codes(call);
        if (lifted.Except(denied).FirstOrDefault() is { } unknown)
            throw new InvalidValueException($"'{unknown}' is not denied to '{call.Destination.Name}'; denied: {string.Join(' ', denied)}");
        Write(call, denied.Except(lifted));
    }

    private static string[] Denied(AdminCall call) => Split(call.Destination.Properties.Read(Property).Text);

    private static void Write(AdminCall call, IEnumerable<string> codes)
    {
        string[] wanted = [.. codes];
        if (!wanted.SequenceEqual(Denied(call)))
            call.Destination.Properties.Write(Property, string.Concat(wanted));
    }

    private static string[] Codes(AdminCall call)
    {
        if (!Ascii.IsValid(call.Payload.Span) || call.Payload.Length % CodeLength != 0)
            throw new InvalidValueException("Expected interface codes of seven characters each, such as u03**** for input devices, without separators.");
        return Split(Encoding.ASCII.GetString(call.Payload.Span));
    }

    private static string[] Split(string codes) => [.. codes.Chunk(CodeLength).Select(c => new string(c))];
}
