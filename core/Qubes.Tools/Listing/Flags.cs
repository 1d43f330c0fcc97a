namespace Qubes.Tools.Listing;

/// <summary>
/// The column FLAGS, eight characters, <c>-</c> where one does not apply:
/// <code>
/// 1 class         0 dom0, a AppVM, d DispVM, s StandaloneVM, t TemplateVM, r RemoteVM; a capital letter if its virt_mode is hvm
/// 2 power state   r running, t transient, p paused, s suspended, h halting, d dying, c crashed
/// 3 U updateable  4 N provides network  5 R installed by a package  6 i internal  7 D debugged  8 A started automatically
/// </code>
/// </summary>
internal static class Flags
{
    public const string Internal = "internal";

    public static string Of(QubeRow row) => string.Concat(
    [
        Class(row), Power(row.Entry.State), If(row, "updateable", 'U'), If(row, "provides_network", 'N'),
        If(row, "installed_by_rpm", 'R'), string.IsNullOrEmpty(row.Feature(Internal)) ? '-' : 'i', If(row, "debug", 'D'),
        If(row, "autostart", 'A'),
    ]);

    private static char Class(QubeRow row)
    {
        var letter = row.Entry.Class switch
        {
            "AdminVM" => '0',
            "AppVM" => 'a',
            "DispVM" => 'd',
            "StandaloneVM" => 's',
            "TemplateVM" => 't',
            "RemoteVM" => 'r',
            _ => '-',
        };
        return row.Property("virt_mode") == "hvm" ? char.ToUpperInvariant(letter) : letter;
    }

    private static char Power(string state) => state switch
    {
        "Halted" => '-',
        "Running" or "Transient" or "Paused" or "Suspended" or "Halting" or "Dying" or "Crashed" => char.ToLowerInvariant(state[0]),
        _ => '?',
    };

    private static char If(QubeRow row, string property, char letter) => row.Property(property) == "True" ? letter : '-';
}
