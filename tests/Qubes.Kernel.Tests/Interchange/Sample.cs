using System.Text;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>Files as Qubes OS writes them; made up.</summary>
internal static class Sample
{
    public static string Of42 { get; } = Read("qubes-4.2.xml");

    public static string Of43 { get; } = Read("qubes-4.3.xml");

    /// <summary>As small as a file can be, around one part.</summary>
    public static string Around(string part) => $"<qubes version=\"3.0\">{part}</qubes>";

    /// <summary>A file with a TemplateVM <c>tmpl</c> (qid 1), and what is given beside it.</summary>
    public static string WithTemplate(string domains, string properties = "") => Around($"""
        <pools><pool name="p" driver="file" dir_path="/x"/></pools>
        <properties><property name="default_pool">p</property>{properties}</properties>
        <domains>{Domain("TemplateVM", 1, "tmpl")}{domains}</domains>
        """);

    public static string Domain(string @class, int qid, string name, string properties = "", string more = "") =>
        $"<domain id=\"domain-{qid}\" class=\"{@class}\"><properties>{Property("name", name)}{Property("qid", $"{qid}")}"
        + $"{Property("label", "red")}{properties}</properties>{more}</domain>";

    public static string Property(string name, string value) => $"<property name=\"{name}\">{value}</property>";

    public static Stream Stream(string text) => new MemoryStream(Encoding.UTF8.GetBytes(text));

    private static string Read(string name) => File.ReadAllText(AppContext.BaseDirectory + "Interchange/samples/" + name);
}
